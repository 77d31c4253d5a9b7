import type { Database } from '../../src/ledger/postgres/database'
import { openSyncsOf } from '../../src/ledger/work/open-syncs'
import { isLiveSyncDue } from '../../src/ledger/work/syncs'
import { hours } from '../../src/lib/durations'
import { spreadOffset } from '../../src/lib/spread'
import { syncBullId } from '../../src/queue/bull-jobs'
import { planRequestedRun, planRun, planSlot } from '../../src/runs/slots/plan-run'
import { watchSyncs } from '../../src/runs/watchdog/watch-syncs'
import { WatchEvents } from '../../src/telemetry/events'
import { silentLogger } from '../../src/telemetry/logger'
import { testDatabase } from '../support/database'
import { someAccounts } from '../support/ledger'
import { madeUpJob } from '../support/made-up-job'
import { TestQueues } from '../support/queues'

const spread = hours(2)
const job = madeUpJob({ spread })

describe('the spread of a run', () => {
  let database: Database
  let accounts: string[]
  beforeEach(async () => {
    database = await testDatabase()
    accounts = await someAccounts(database, 'dealertrend', 20)
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  interface Planned {
    readonly accountId: string
    readonly offset: number | null
    readonly reason: string | null
  }
  const plannedOf = async (runId: string): Promise<Planned[]> => {
    const { rows } = await database.query<Planned>(
      `select s.account_id as "accountId", s.reason,
         round(extract(epoch from s.wait_until - r.started_at) * 1000)::float8 as offset
       from syncs s join runs r on r.id = s.run_id where r.id = $1 order by s.account_id`,
      [runId],
    )
    return rows
  }
  const settle = async () => {
    await database.query(`update syncs set state = 'ok', settled_at = clock_timestamp()`)
    await database.query(`update runs set state = 'ok', settled_at = clock_timestamp()`)
  }

  test('gives each account of a slot and of a catch-up the same place every time, and says when it starts', async () => {
    const expected = accounts.map((id) => [id, spreadOffset(id, spread)])
    const slot = await planSlot(database, job, new Date())
    const first = await plannedOf('runId' in slot ? slot.runId : '')
    expect(first.map(({ accountId, offset }) => [accountId, offset])).toEqual(expected)
    for (const { reason } of first)
      expect(reason).toMatch(/^starts at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(spread\)$/)

    await settle()
    const catchUp = await planRun(database, job, { kind: 'catch-up', dueAt: new Date() })
    const second = await plannedOf(catchUp.id)
    expect(second.map(({ accountId, offset }) => [accountId, offset])).toEqual(expected)
  })

  test('is none for what a person asked for, and none where the job has none', async () => {
    const manual = await planRequestedRun(database, job, { requestedBy: 'ann' })
    expect(new Set((await plannedOf(manual.id)).map(({ offset }) => offset))).toEqual(new Set([null]))
    await settle()
    const slot = await planRun(database, madeUpJob(), { kind: 'slot', dueAt: new Date() })
    expect(new Set((await plannedOf(slot.id)).map(({ offset, reason }) => offset ?? reason))).toEqual(
      new Set([null]),
    )
  })

  test('does not hide why an account is left out', async () => {
    await planRequestedRun(database, job, { requestedBy: 'ann', accountIds: accounts.slice(0, 1) })
    const { id } = await planRun(database, job, { kind: 'slot', dueAt: new Date() })
    expect((await plannedOf(id))[0]).toMatchObject({
      offset: null,
      reason: expect.stringMatching(/^still syncing since/),
    })
  })

  test('leaves a sync not due for a backfill to make way for', async () => {
    await planRun(database, job, { kind: 'slot', dueAt: new Date() })
    const latest = accounts.toSorted((a, b) => spreadOffset(b, spread) - spreadOffset(a, spread))
    expect(await isLiveSyncDue(database, latest[0] ?? '')).toBe(false)
  })

  test('delays the jobs in the queue, also those that are queued again', async () => {
    await using world = await TestQueues.open()
    const { id, startedAt } = await planRun(database, job, { kind: 'slot', dueAt: new Date() })
    const offsets = new Map((await plannedOf(id)).map(({ accountId, offset }) => [accountId, offset ?? 0]))
    const planned = await openSyncsOf(database, id)
    /** When each sync's job starts, by Redis, less when it should; both in milliseconds. */
    const early = async () =>
      Promise.all(
        planned.map(async ({ syncId }, index) => {
          const bullJob = await world.queues.of('dealertrend').getJob(syncBullId(syncId))
          if (!bullJob) throw new Error(`sync ${syncId} is not queued`)
          expect(await bullJob.getState()).toBe('delayed')
          const starts = startedAt.getTime() + (offsets.get(accounts[index] ?? '') ?? 0)
          return starts - (bullJob.timestamp + bullJob.delay)
        }),
      )
    await world.syncJobs.addNew(planned)
    // Not before its time but for what two clocks and roundings may differ; later only by what adding took.
    for (const difference of await early()) expect(difference).toBeLessThan(100)

    await world.wipe()
    await watchSyncs({ database, syncJobs: world.syncJobs, events: new WatchEvents(silentLogger) }, 0)
    for (const difference of await early()) expect(difference).toBeLessThan(100)
  })
})
