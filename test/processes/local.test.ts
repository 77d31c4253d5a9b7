import { once } from 'node:events'
import { mkdir, readFile, readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Database } from '../../src/ledger/postgres/database'
import { localFleetEnvironment } from '../../src/processes/local/fleet-file'
import { readRecord } from '../../src/processes/local/owned-process'
import { isGoneWithin, isRunning } from '../../src/processes/local/process-identity'
import { temporaryFolder } from '../support/folders'
import { LocalFleet } from '../support/local-fleet'
import { spawnOwner } from '../support/owners'
import { testUrl } from '../support/redis'

async function clientsOf(clone: string): Promise<string[]> {
  await using database = databaseOf(await environmentOf(clone))
  const { rows } = await database.query<{ id: string }>('select id from clients order by id')
  return rows.map(({ id }) => id)
}

const databaseOf = (env: Readonly<Record<string, string>>): Database =>
  new Database({
    url: env['DATABASE_URL'] ?? '',
    schema: env['DATABASE_SCHEMA'] ?? 'integration',
    applicationName: 'test',
  })

async function environmentOf(clone: string): Promise<Readonly<Record<string, string>>> {
  const env = await localFleetEnvironment(clone)
  if (!env) throw new Error('no fleet runs')
  return env
}

/** Everything the fleet has started, as it is recorded. */
async function recordsIn(clone: string) {
  const data = join(clone, '.syncfleet')
  const files = await readdir(data, { recursive: true })
  return files.filter((file) => file.endsWith('.pid.json')).map((file) => readRecord(join(data, file)))
}

const passwordIn = (lines: readonly string[]): string | undefined =>
  /password (\S+)/.exec(lines.join('\n'))?.[1]

describe('Local', () => {
  test('brings up everything, stops all of it, and goes on from there', async () => {
    await using clone = await temporaryFolder()
    const first = await LocalFleet.start({ clone: clone.path })
    const records = await recordsIn(clone.path)
    expect(records).toHaveLength(7)
    expect(await clientsOf(clone.path)).toEqual(['demo'])
    const screen = first.lines.join('\n')
    expect(screen).toMatch(/Dashboard +http:\/\/localhost:\d+\n +user admin, password \S{16}\n/)
    expect(screen).toMatch(/Vendors +simulated, http:\/\/127\.0\.0\.1:\d+/)

    await first[Symbol.asyncDispose]()
    await first[Symbol.asyncDispose]()
    for (const record of records) expect(record && (await isRunning(record))).toBe(false)
    expect(await recordsIn(clone.path)).toEqual([])
    expect(await localFleetEnvironment(clone.path)).toBeUndefined()

    await using second = await LocalFleet.start({ clone: clone.path })
    expect(passwordIn(second.lines)).toBe(passwordIn(first.lines))
    expect(await clientsOf(clone.path)).toEqual(['demo'])
  })

  describe('while it runs', () => {
    let clone: Awaited<ReturnType<typeof temporaryFolder>>
    let fleet: LocalFleet
    beforeAll(async () => {
      clone = await temporaryFolder()
      fleet = await LocalFleet.start({ clone: clone.path, env: { CTM_CONCURRENCY: '3' } })
    })
    afterAll(async () => {
      await fleet[Symbol.asyncDispose]()
      await clone[Symbol.asyncDispose]()
    })

    test('keeps its secrets from other users, and tells commands in the clone how to reach it', async () => {
      for (const file of ['state.json', 'fleet.json', 'logs/worker-1.log']) {
        expect((await stat(join(clone.path, '.syncfleet', file))).mode & 0o077).toBe(0)
      }
      expect(await environmentOf(clone.path)).toMatchObject({
        NODE_ENV: 'development',
        REDIS_URL: expect.stringMatching(/^redis:\/\/:[0-9a-f]{36}@127\.0\.0\.1:\d+\/0$/),
        DATABASE_URL: expect.stringMatching(
          /^postgres:\/\/syncfleet:[0-9a-f]{36}@127\.0\.0\.1:\d+\/postgres$/,
        ),
        DASHBOARD_USERS: `admin:admin:${passwordIn(fleet.lines)}`,
        CTM_API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/ctm\/api\/v1$/),
        CTM_CONCURRENCY: '3',
      })
    })

    test('tells each run once, as it finishes', async () => {
      await using database = databaseOf(await environmentOf(clone.path))
      const finish = async (job: string) =>
        database.query(
          `insert into runs (job, kind, mode, requested_by, definition_version, state, settled_at)
           values ($1, 'manual', 'live', 'a test', 1, 'ok', clock_timestamp())`,
          [job],
        )
      await finish('ctm')
      await fleet.told('  ctm  ')
      await finish('cdk')
      await fleet.told('  cdk  ')
      expect(fleet.lines.filter((line) => /^\d\d:\d\d:\d\d {2}ctm {12}ok /.test(line))).toHaveLength(1)
    })

    test('refuses to run twice in one clone, and says where the other copy is', async () => {
      await expect(LocalFleet.start({ clone: clone.path })).rejects.toThrow(
        new RegExp(
          `runs already, as process ${process.pid} at http://localhost:\\d+\\. .*kill ${process.pid}`,
        ),
      )
      expect(passwordIn(fleet.lines)).toBeDefined()
      expect(await clientsOf(clone.path)).toEqual(['demo'])
    })

    test('stops its processes, in the end, before their servers', async () => {
      await fleet[Symbol.asyncDispose]()
      for (const name of ['scheduler', 'worker-1', 'worker-2', 'dashboard']) {
        const log = await readFile(join(clone.path, '.syncfleet/logs', `${name}.log`), 'utf8')
        expect(log).toBe('stopped while servers ran\n')
      }
    })
  })

  test('starts a process again that ends by itself, and a server on the same port', async () => {
    await using clone = await temporaryFolder()
    await using fleet = await LocalFleet.start({ clone: clone.path })
    const running = join(clone.path, '.syncfleet/running')
    const worker = readRecord(join(running, 'worker-2.pid.json'))
    const postgres = readRecord(join(clone.path, '.syncfleet/servers/postgres/postgres.pid.json'))
    if (!worker || !postgres) throw new Error('not everything runs')
    process.kill(worker.pid, 'SIGKILL')
    process.kill(postgres.pid, 'SIGKILL')

    await fleet.told('worker-2 runs again')
    await fleet.told('Postgres runs again')
    expect(fleet.lines).toContain('worker-2 ended (signal SIGKILL); starting it again in 1 s')
    expect(readRecord(join(running, 'worker-2.pid.json'))).not.toEqual(worker)
    expect(await clientsOf(clone.path)).toEqual(['demo'])
  })

  test('says so when the wished port is taken', async () => {
    await using clone = await temporaryFolder()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(LocalFleet.start({ clone: clone.path, env: { PORT: String(port) } })).rejects.toThrow(
      `PORT: ${port} is taken by another program`,
    )
    other.close()
  })

  test('names every wrong setting before anything is started', async () => {
    await using clone = await temporaryFolder()
    const env = { PORT: '80x', CTM_CRON: 'often' }
    await expect(LocalFleet.start({ clone: clone.path, env })).rejects.toThrow(/PORT[^]*CTM_CRON/)
    expect(await recordsIn(clone.path)).toEqual([])
  })

  test('shows why a process does not come up, and leaves nothing running', async () => {
    await using clone = await temporaryFolder()
    const env = { FAIL_AT_START: 'scheduler' }
    await expect(LocalFleet.start({ clone: clone.path, env })).rejects.toThrow(
      /scheduler ended during its start\. The end of .*scheduler\.log:\n {2}scheduler has a problem/,
    )
    expect(await recordsIn(clone.path)).toEqual([])
  })

  test('gives up its start when it is told to', async () => {
    await using clone = await temporaryFolder()
    const stop = new AbortController()
    const onMigrate = (): void => stop.abort(new Error('enough'))
    const start = LocalFleet.start({ clone: clone.path, onMigrate }, stop.signal)
    await expect(start).rejects.toThrow('enough')
    expect(await recordsIn(clone.path)).toEqual([])
  })

  test('leaves nothing behind when it is killed, and starts again at once', async () => {
    await using clone = await temporaryFolder()
    const owner = await spawnOwner({
      module: 'test/support/local-fleet.ts',
      call: 'LocalFleet',
      argument: { clone: clone.path },
    })
    const records = await recordsIn(clone.path)
    expect(records).toHaveLength(7)
    owner.process.kill('SIGKILL')
    await once(owner.process, 'exit')

    await using fleet = await LocalFleet.start({ clone: clone.path })
    expect(passwordIn(fleet.lines)).toBeDefined()
    for (const record of records) expect(record && (await isGoneWithin(record, 20_000))).toBe(true)
    expect(await clientsOf(clone.path)).toEqual(['demo'])
  })

  test('brings no demo into a schema that it did not make', async () => {
    await using clone = await temporaryFolder()
    const [url, schema] = [testUrl('TEST_DATABASE_URL'), `theirs_${process.pid}`]
    await using database = new Database({ url, schema, applicationName: 'test' })
    await database.query(`create schema ${schema}`)
    await using fleet = await LocalFleet.start({
      clone: clone.path,
      env: { DATABASE_URL: url, REDIS_URL: testUrl('TEST_REDIS_URL'), DATABASE_SCHEMA: schema },
    })
    const { rows } = await database.query('select from clients')
    expect(rows).toHaveLength(0)
    expect(fleet.lines.join('\n')).toContain('the real ones: this schema is not a demo')
    expect(await environmentOf(clone.path)).not.toHaveProperty('CTM_API_URL')
    expect(await recordsIn(clone.path)).toHaveLength(4)
    await database.query(`drop schema ${schema} cascade`)
  })

  test('does not start with passwords that do not fit its data', async () => {
    await using clone = await temporaryFolder()
    await mkdir(join(clone.path, '.syncfleet/servers'), { recursive: true })
    await expect(LocalFleet.start({ clone: clone.path })).rejects.toThrow(/state\.json is gone/)
  })
})
