import { minutes } from '../../src/lib/durations'
import { Fleet, type FleetAccount } from '../support/fleet'
import { testUrl } from '../support/redis'
import { Relay } from '../support/relay'
import type { Spawned } from '../support/spawned'
import { until } from '../support/until'

jest.setTimeout(minutes(4))

const account: FleetAccount = { id: 1, timezone: 'America/New_York', history: 5000, every: 0 }

describe('a process that is told to stop', () => {
  let relay: Relay
  let fleet: Fleet
  let relayed: { readonly DATABASE_URL: string }
  beforeEach(async () => {
    relay = new Relay(testUrl('TEST_DATABASE_URL'))
    const url = new URL(testUrl('TEST_DATABASE_URL'))
    url.port = String(await relay.start())
    relayed = { DATABASE_URL: url.href }
    fleet = await Fleet.open([account], { CTM_CRON: '0 0 1 1 *', VENDOR_BUCKET_SCALE: '20' })
  })
  afterEach(async () => {
    await fleet[Symbol.asyncDispose]()
    await relay[Symbol.asyncDispose]()
  })

  /** A worker whose request for a later page is under way, and stays so. */
  const syncing = async (): Promise<Spawned> => {
    const worker = await fleet.start('worker', relayed)
    fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm', path: 'after=', skip: 1 })
    await fleet.run()
    await until('a request hangs', async () => fleet.sandbox.faults.pending === 0)
    return worker
  }

  /** Another worker ends what the first one could not, and holds it against nobody. */
  const expectTakenUp = async (): Promise<void> => {
    const next = await fleet.start('worker')
    await next.logged('sync settled', ({ state }) => state === 'ok')
    const { rows } = await fleet.database.query(
      `select state, failures, crashes, interruptions,
         (select array_agg(outcome order by number) from attempts where sync_id = syncs.id) as outcomes from syncs`,
    )
    expect(rows).toEqual([
      { state: 'ok', failures: 0, crashes: 0, interruptions: 1, outcomes: ['interrupted', 'ok'] },
    ])
    expect(await fleet.differences(account.id)).toEqual([])
  }

  test('while Postgres refuses connections hands its sync to the next one', async () => {
    const worker = await syncing()
    relay.refuse()
    await worker.logged('postgres lost')
    expect(await worker.end('SIGTERM')).toBe(0)
    expect(worker.other).toEqual([])
    await expectTakenUp()
  })

  test('while Postgres is silent ends although its connections do not', async () => {
    const [scheduler, worker] = await Promise.all([fleet.start('scheduler', relayed), syncing()])
    await scheduler.logged('lead taken')
    relay.hold()
    expect(await Promise.all([scheduler.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0])
    expect([...scheduler.other, ...worker.other]).toEqual([])
    relay.release()
    await expectTakenUp()
  })

  test('while a page of it gets no answer ends, too', async () => {
    const worker = await fleet.start('worker', relayed)
    await fleet.database.session(async (gate) => {
      await gate.query('begin')
      await gate.query('lock table ctm_calls in access exclusive mode')
      await fleet.run()
      await until('a page is being written', async () => {
        const { rowCount } = await fleet.database.query(
          "select 1 from pg_locks where not granted and relation = 'ctm_calls'::regclass",
        )
        return rowCount > 0
      })
      relay.hold()
      expect(await worker.end('SIGTERM')).toBe(0)
    })
    relay.release()
    await expectTakenUp()
  })
})
