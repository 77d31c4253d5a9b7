import { testDatabase } from '../../support/database'
import { fileNamed } from '../../support/files'
import { testRedis } from '../../support/redis'
import { consoleOf } from './console'

const json = (text: string): unknown => JSON.parse(text)

describe('import commands', () => {
  test('put good rows in, name bad ones, and then fail', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    const file = fileNamed('clients.csv', 'id,name,timezone\nacme,Acme,UTC\nbolt,Bolt,Mars\n')

    expect(await type(['clients', 'import', file])).toEqual({
      code: 1,
      printed: [
        '1 added, 0 changed, 0 unchanged, 1 rejected',
        `${file}: line 3: timezone: expected an IANA time zone, e.g. America/Chicago, got "Mars"`,
      ].join('\n'),
      complaint: '1 of 2 rows were rejected',
    })
    expect((await type(['clients', 'list'])).printed.split('\n')).toEqual([
      'ID    NAME  TIME ZONE  OWNER  ACCOUNTS',
      'acme  Acme  UTC        -      0',
    ])
  })

  test('tell a wrong file from wrong usage', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)

    expect(await type(['clients', 'import', 'clients.txt'])).toMatchObject({ code: 2 })
    expect(await type(['clients', 'import', 'none.csv'])).toMatchObject({
      code: 1,
      complaint: 'none.csv: cannot be read: ENOENT',
    })
    expect(await type(['clients', 'import', fileNamed('a.csv', 'id,nam\n')])).toMatchObject({ code: 1 })
    expect(await type(['clients', 'import'])).toMatchObject({ code: 2 })
    expect(await type(['clients', 'lisst'])).toMatchObject({ code: 2 })
    expect(await type(['clients', '--help'])).toMatchObject({ code: 0 })
  })
})

describe('credentials and accounts', () => {
  test('go from a file and standard input to a list that shows no secret', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    await type(['clients', 'import', fileNamed('c.json', '[{"id":"acme","name":"Acme","timezone":"UTC"}]')])
    const secrets = JSON.stringify({ access_key: 'hunter2', secret_key: 'hunter2' })

    expect(await type(['credentials', 'set', 'acme-ctm'], secrets)).toMatchObject({ code: 2 })
    expect(await type(['credentials', 'set', 'acme-ctm', '--job', 'ctm'], '{"hunter2')).toMatchObject({
      code: 2,
      complaint: 'expected the secrets as one JSON object',
    })
    expect(await type(['credentials', 'set', 'acme-ctm', '--job', 'ctm'], secrets)).toMatchObject({ code: 0 })
    expect(await type(['credentials', 'set', 'acme-ctm', '--json'], secrets)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('"unchanged": 1'),
    })
    const file = fileNamed('a.csv', 'client,job,external_id,credential\nacme,ctm,40771,acme-ctm')
    expect(await type(['accounts', 'import', file])).toMatchObject({ code: 0 })

    expect(json((await type(['accounts', 'show', 'acme/ctm/40771', '--json'])).printed)).toMatchObject({
      client: 'acme',
      timezone: 'UTC',
      streams: { live: [], shadow: [] },
    })
    const listed = await type(['credentials', 'list', '--json'])
    expect(json(listed.printed)).toMatchObject([{ id: 'acme-ctm', accounts: 1, keyId: 'test' }])
    expect(listed.printed).not.toContain('hunter2')
    expect(await type(['credentials', 'rotate'])).toMatchObject({
      code: 0,
      printed: '0 sealed anew with key test',
    })
  })

  test('are named when they are not there', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)

    expect(await type(['accounts', 'show', 'acme/ctm/1'])).toMatchObject({ code: 1 })
    expect(await type(['accounts', 'show', 'acme'])).toMatchObject({ code: 2 })
    expect(await type(['accounts', 'list', '--job', 'cmt'])).toMatchObject({ code: 2 })
    expect(await type(['accounts', 'list'])).toMatchObject({ code: 0, printed: 'none' })
  })
})

describe('migrate', () => {
  test('says when there is nothing to do', async () => {
    await using database = await testDatabase()

    expect(await consoleOf(database).type(['migrate'])).toMatchObject({
      code: 0,
      printed: `schema ${database.schema} is up to date`,
    })
  })
})

describe('check', () => {
  test('looks at configuration, connections, migrations and credentials', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database, { REDIS_URL: testRedis().url })
    const { code, printed } = await type(['check', '--json'])

    expect(code).toBe(0)
    expect(json(printed)).toMatchObject({
      ok: true,
      checks: ['configuration', 'redis', 'postgres', 'migrations', 'credentials'].map((check) => ({
        check,
        isGood: true,
      })),
    })
  })

  test('says what is wrong with a credential, and that Redis is away', async () => {
    await using database = await testDatabase()
    await database.query(
      "insert into credentials (id, job, secrets) values ('acme-ctm', 'ctm', 'lost:a:b:c')",
    )
    const { type } = consoleOf(database, { REDIS_URL: 'redis://127.0.0.1:1' })
    const { code, printed, complaint } = await type(['check'])

    expect({ code, complaint }).toEqual({ code: 1, complaint: '2 of 5 checks failed' })
    expect(printed).toMatch(/redis +FAILED +.*ECONNREFUSED/)
    expect(printed).toMatch(/credentials +FAILED +acme-ctm: secrets of acme-ctm: /)
  })

  test('names every mistake in the configuration before it connects to anything', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database, { PORT: 'x', CTM_CORN: 'x', REDIS_URL: 'http://x' })
    const people = await type(['check'])

    expect(people.code).toBe(1)
    expect(people.complaint).toMatch(/^3 mistakes in the configuration\n/)
    expect(json((await type(['check', '--json'])).printed)).toMatchObject({
      ok: false,
      mistakes: [{ setting: 'CTM_CORN' }, { setting: 'REDIS_URL' }, { setting: 'PORT' }],
    })
  })
})
