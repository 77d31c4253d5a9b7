import { minutes } from '../../src/lib/durations'
import { connect, onTrouble, ready } from '../../src/queue/connection'
import { silentLogger } from '../../src/telemetry/logger'
import { makeCertificates } from '../support/certificates'
import { emptyFolder } from '../support/files'
import { withRedisServer } from '../support/redis-nodes'
import type { Topology, Way } from '../support/redis-ground'
import { startSentinels, startSingle } from '../support/redis-topologies'

/** The first thing that goes wrong on the way. */
const troubleOf = async (way: Way): Promise<string> => {
  const connection = connect({ ...way, role: 'producer', name: 'test' }, silentLogger)
  try {
    return (await new Promise<Error>((resolve) => onTrouble(connection, resolve))).message
  } finally {
    const ended = new Promise<void>((resolve) => connection.once('end', resolve))
    connection.disconnect()
    await ended
  }
}

withRedisServer.each([
  ['one server', startSingle, ['certificate', 'certificate', 'WRONGPASS', 'WRONGPASS']],
  // A Sentinel that is not believed, or does not let us in, is one that is not there.
  ['Sentinels', startSentinels, ['unreachable', 'unreachable', 'WRONGPASS', 'unreachable.*WRONGPASS']],
] as const)('%s with TLS and users', (_name, start, [nobody, another, password, everyPassword]) => {
  let topology: Topology
  beforeAll(async () => (topology = await start({ tls: true, user: true })))
  afterAll(async () => topology[Symbol.asyncDispose]())

  test('are not believed where another authority signed their certificate', async () => {
    const { ca } = await makeCertificates(emptyFolder())
    expect(await troubleOf({ ...topology.way, ca: undefined })).toMatch(nobody)
    expect(await troubleOf({ ...topology.way, ca })).toMatch(another)
  })

  test('refuse a wrong password', async () => {
    const url = topology.way.url.replace('p%40ss', 'guess')
    expect(await troubleOf({ ...topology.way, url })).toMatch(password)
    expect(await troubleOf({ ...topology.way, url, sentinelPassword: 'guess' })).toMatch(
      new RegExp(everyPassword),
    )
  })

  test('let a user touch nothing but the keys of its prefix', async () => {
    const connection = connect({ ...topology.way, role: 'producer', name: 'test' }, silentLogger)
    await ready(connection, AbortSignal.timeout(minutes(1)))
    await expect(connection.set('others:key', '1')).rejects.toThrow('NOPERM')
    await expect(connection.flushall()).rejects.toThrow('NOPERM')
    connection.disconnect()
  })
})
