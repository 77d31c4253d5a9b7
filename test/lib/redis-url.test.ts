import { parseRedisUrl } from '../../src/lib/redis-url'

const anonymous = { username: undefined, password: undefined, master: undefined, database: 0, tls: false }
const at = (host: string, port: number) => ({ host, port })

const messageOf = (text: string): string => {
  try {
    parseRedisUrl(text)
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('parseRedisUrl', () => {
  test.each([
    ['redis://cache', { topology: 'single', hosts: [at('cache', 6379)] }],
    ['REDIS://cache:1234/', { topology: 'single', hosts: [at('cache', 1234)] }],
    ['rediss://cache.example.test/3', { topology: 'single', tls: true, database: 3 }],
    ['redis://[::1]:6380', { hosts: [at('::1', 6380)] }],
    ['redis://:secret@cache', { username: undefined, password: 'secret' }],
    ['redis://fleet:a+b=@cache', { username: 'fleet', password: 'a+b=' }],
    ['redis://fl%40eet:p%40ss%2Fword%3A%25@cache', { username: 'fl@eet', password: 'p@ss/word:%' }],
    ['redis://fleet:p@ss:word@cache', { username: 'fleet', password: 'p@ss:word' }],
    [
      'redis+sentinel://fleet:secret@one,two:1234,[fe80::1]/mymaster',
      {
        topology: 'sentinel',
        hosts: [at('one', 26_379), at('two', 1234), at('fe80::1', 26_379)],
        username: 'fleet',
        password: 'secret',
        master: 'mymaster',
      },
    ],
    ['rediss+sentinel://one/cache.main-1/2', { tls: true, master: 'cache.main-1', database: 2 }],
    ['redis+cluster://one,two:7000', { topology: 'cluster', hosts: [at('one', 6379), at('two', 7000)] }],
    ['rediss+cluster://one/0', { topology: 'cluster', tls: true }],
  ])('reads %s', (text, expected) => {
    expect(parseRedisUrl(text)).toMatchObject({ ...anonymous, ...expected })
  })

  test.each([
    ['', 'it is no URL'],
    ['cache:6379', 'it is no URL'],
    ['http://cache', 'its scheme is http'],
    ['redis-sentinel://one/mymaster', 'its scheme is redis-sentinel; did you mean redis+sentinel?'],
    ['rediss+clusters://one', 'its scheme is rediss+clusters; did you mean rediss+cluster?'],
    ['redis://', 'it names no host'],
    ['redis://user:secret@', 'it names no host'],
    ['redis+cluster://one,,two', 'lacks one between commas'],
    ['redis://one,two', 'it names several hosts'],
    ['redis+cluster://one,one:6379', 'it names a host twice'],
    ['redis://one:0', 'a port that is not from 1 to 65535'],
    ['redis://one:65536', 'a port that is not from 1 to 65535'],
    ['redis://one:port', 'host 1 is no name or address'],
    ['redis+cluster://one,t wo', 'host 2 is no name or address'],
    ['redis://fe80::1', 'host 1 is no name or address'],
    ['redis://user@one', 'there is no password in front of the @'],
    ['redis://user:se%cret@one', 'a % in the user or password is written as %25'],
    ['redis://one/zero', 'the number of the database is no number'],
    ['redis://one/0/1', 'the number of the database is no number'],
    ['redis://one?db=1', 'nothing may follow the path'],
    ['redis://one/#x', 'nothing may follow the path'],
    ['redis+cluster://one/1', 'a cluster has no other database than 0'],
    ['redis+sentinel://one', 'the name of the master'],
    ['redis+sentinel://one/', 'the name of the master'],
    ['redis+sentinel://one/my master', 'the name of the master'],
    ['redis+sentinel://one/mymaster/x', 'the number of the database is no number'],
  ])('refuses %j: %s', (text, problem) => {
    expect(() => parseRedisUrl(text)).toThrow(problem)
  })

  test.each(['redis://hunter2:hunter2', 'redis://u:hunter2%@one', 'redis://one/hunter2', 'hunter2'])(
    'never says what it was given but for the scheme, here %s',
    (text) => {
      expect(messageOf(text)).toMatch(/./)
      expect(messageOf(text)).not.toContain('hunter2')
    },
  )
})
