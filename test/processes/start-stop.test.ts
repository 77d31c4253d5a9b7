import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Fleet, type FleetAccount, type FleetCommand } from '../support/fleet'
import { testUrl } from '../support/redis'
import { Relay } from '../support/relay'
import { Spawned } from '../support/spawned'
import { until } from '../support/until'

const account: FleetAccount = { id: 5, timezone: 'America/Denver', history: 5000, every: 0 }
const processes: readonly FleetCommand[] = ['scheduler', 'worker', 'dashboard']
/** Nothing starts by itself. */
const onceAYear = { CTM_CRON: '0 0 1 1 *' }

describe('every process', () => {
  let fleet: Fleet
  beforeAll(async () => (fleet = await Fleet.open([account], onceAYear)))
  afterAll(async () => fleet[Symbol.asyncDispose]())

  describe.each(processes)('the %s', (command) => {
    test('ends when it is told to before it can hear', async () => {
      const { spawned } = await fleet.spawn(command)
      // Node itself ends a process that has no handler yet; one that has ends by itself.
      expect([null, 0]).toContain(await spawned.end('SIGTERM'))
      expect(spawned.other).toEqual([])
    })

    test.each([
      [
        'as soon as it listens',
        async (port: number) => until('it listens', async () => (await statusOf(port, '/healthz')) === 200),
      ],
      [
        'while it starts',
        async (port: number) =>
          until('it answers that it is not ready', async () => statusOf(port, '/readyz')),
      ],
      [
        'when it is ready',
        async (port: number) => until('it is ready', async () => (await statusOf(port, '/readyz')) === 200),
      ],
    ])('ends with 0 and no complaint %s', async (_, moment) => {
      const { spawned, port } = await fleet.spawn(command)
      await moment(port)
      expect(await spawned.end('SIGTERM')).toBe(0)
      expect(spawned.other).toEqual([])
      expect(spawned.lines.filter(({ level }) => level === 'error')).toEqual([])
      expect(await statusOf(port, '/healthz')).toBeUndefined()
    })

    test('says plainly that its port is taken', async () => {
      const holder = createServer().listen(0)
      await once(holder, 'listening')
      const { port } = holder.address() as AddressInfo
      const { spawned } = await fleet.spawn(command, { PORT: String(port), HEALTH_PORT: String(port) })
      expect(await spawned.ended()).toBe(1)
      const setting = command === 'dashboard' ? 'PORT' : 'HEALTH_PORT'
      expect(spawned.other).toEqual([
        `${setting}: port ${port} is taken by another program; stop it or choose a free port`,
      ])
      holder.close()
    })

    test('names all mistakes in its configuration before it connects to anything', async () => {
      let connections = 0
      const server = createServer(() => (connections += 1)).listen(0)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      await using spawned = new Spawned(command, {
        NODE_ENV: 'test',
        REDIS_URL: `redis://127.0.0.1:${port}`,
        DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/syncfleet`,
        LOG_LEVEL: 'loud',
        CTM_CORN: '0 5 * * *',
        SHUTDOWN_GRACE_SECONDS: '12abc',
        CTM_TIMEZONE: 'Mars/Olympus',
      })
      expect(await spawned.ended()).toBe(1)
      expect(spawned.lines).toEqual([])
      const said = spawned.other.join('\n')
      expect(said).toContain('4 mistakes in the configuration')
      for (const name of ['LOG_LEVEL', 'CTM_CORN', 'CTM_CRON', 'SHUTDOWN_GRACE_SECONDS', 'CTM_TIMEZONE'])
        expect(said).toContain(name)
      expect(said).not.toMatch(/^\s+at /m)
      expect(connections).toBe(0)
      server.close()
    })
  })

  test('waits for migrations, says so once, and is ready after them', async () => {
    const schema = `late_${randomBytes(6).toString('hex')}`
    const late = { DATABASE_SCHEMA: schema }
    const started = await Promise.all(processes.map(async (command) => fleet.spawn(command, late)))
    for (const { spawned, port } of started) {
      await spawned.logged('waiting for the ledger')
      expect(await statusOf(port, '/healthz')).toBe(200)
      expect(await statusOf(port, '/readyz')).toBe(503)
    }
    const impatient = await fleet.spawn('worker', late)
    await impatient.spawned.logged('waiting for the ledger')
    expect(await impatient.spawned.end('SIGTERM')).toBe(0)

    // As when every container starts with its own migration.
    const migrations = [1, 2, 3].map(() => new Spawned('migrate', { ...fleet.env, ...late }))
    expect(await Promise.all(migrations.map(async (migration) => migration.ended()))).toEqual([0, 0, 0])
    for (const { spawned, port } of started) {
      await spawned.logged(`${spawned.command} started`)
      await until('it is ready', async () => (await statusOf(port, '/readyz')) === 200)
      expect(spawned.lines.filter(({ message }) => message === 'waiting for the ledger')).toHaveLength(1)
      expect(await spawned.end('SIGTERM')).toBe(0)
      expect(spawned.other).toEqual([])
    }
    await fleet.database.query(`drop schema ${schema} cascade`)
    await fleet.database.query(`drop schema ${schema}_shadow cascade`)
  })

  test('ends with 0 while Redis is away', async () => {
    await using relay = new Relay(testUrl('TEST_REDIS_URL'))
    const url = new URL(testUrl('TEST_REDIS_URL'))
    url.port = String(await relay.start())
    const started = await Promise.all(
      processes.map(async (command) => fleet.start(command, { REDIS_URL: url.href })),
    )
    await relay.stop()
    for (const spawned of started) await spawned.logged('redis lost')
    const codes = await Promise.all(started.map(async (spawned) => spawned.end('SIGTERM')))
    expect(codes).toEqual([0, 0, 0])
    expect(started.flatMap(({ other }) => other)).toEqual([])
  })
})

describe('a worker that is told to stop', () => {
  let fleet: Fleet
  const settings = { ...onceAYear, SHUTDOWN_GRACE_SECONDS: '60', VENDOR_BUCKET_SCALE: '20' }
  beforeEach(async () => (fleet = await Fleet.open([account], settings)))
  afterEach(async () => fleet[Symbol.asyncDispose]())

  const rowsOf = async <Row extends object>(query: string) => (await fleet.database.query<Row>(query)).rows
  const attempts = async () =>
    rowsOf<{ outcome: string }>('select number, outcome, error_code from attempts order by number')

  /** A worker whose request for a later page of a window is under way, and stays so. */
  const syncing = async (env: Readonly<Record<string, string>> = {}): Promise<Spawned> => {
    const worker = await fleet.start('worker', env)
    fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm', path: 'after=', skip: 1 })
    await fleet.run()
    await until('a request hangs', async () => fleet.sandbox.faults.pending === 0)
    return worker
  }

  test('hands its sync back, and another one finishes it at its position', async () => {
    const first = await syncing()
    expect(await first.end('SIGTERM')).toBe(0)
    expect(first.other).toEqual([])
    expect(await attempts()).toEqual([{ number: 1, outcome: 'interrupted', error_code: null }])
    expect(await rowsOf('select state, failures, interruptions, crashes, pages from syncs')).toEqual([
      { state: 'waiting', failures: 0, interruptions: 1, crashes: 0, pages: expect.any(Number) },
    ])
    expect(await rowsOf('select position from stream_states')).toMatchObject([
      { position: { pages: expect.any(Number) } },
    ])

    const second = await fleet.start('worker')
    await second.logged('sync settled', ({ state }) => state === 'ok')
    expect((await attempts()).map(({ outcome }) => outcome)).toEqual(['interrupted', 'ok'])
    expect(await fleet.differences(account.id)).toEqual([])
    // Nothing but the overlap was read twice: a page that was asked for again would be 150 calls more.
    const [{ again } = { again: 0 }] = await rowsOf<{ again: number }>(
      'select (read - inserted)::int as again from syncs',
    )
    expect(again).toBeLessThan(150)
  })

  test('hands its sync back to the ledger while Redis is away', async () => {
    await using relay = new Relay(testUrl('TEST_REDIS_URL'))
    const url = new URL(testUrl('TEST_REDIS_URL'))
    url.port = String(await relay.start())
    const worker = await syncing({ REDIS_URL: url.href, SHUTDOWN_GRACE_SECONDS: '8' })
    await relay.stop()
    await worker.logged('redis lost')
    expect(await worker.end('SIGTERM')).toBe(0)
    expect(worker.other).toEqual([])
    expect(await attempts()).toMatchObject([{ outcome: 'interrupted' }])
  })

  test('ends at once with 1 when it is told a second time', async () => {
    const worker = await fleet.start('worker')
    // A page that cannot be written keeps it for as long as its grace.
    await fleet.database.session(async (gate) => {
      await gate.query('begin')
      await gate.query('lock table ctm_calls in access exclusive mode')
      await fleet.run()
      await until('a page is being written', async () => {
        const waiting = await rowsOf(
          "select 1 from pg_locks where not granted and relation = 'ctm_calls'::regclass",
        )
        return waiting.length > 0
      })
      await until('it is gone', async () => {
        // Within a second it is the same press of Ctrl-C to it.
        worker.signal('SIGTERM')
        return worker.exitCode !== null
      })
      expect(worker.exitCode).toBe(1)
    })
  })
})

/** The status of an answer; undefined where there is none. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).status
  } catch {
    return undefined
  }
}
