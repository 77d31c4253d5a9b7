import type { DayWindow } from '../../../src/job/streams'
import { accountAccess } from '../../../src/ledger/accounts/account-access'
import { requestBackfill, stepBackfill } from '../../../src/runs/backfills/backfill-work'
import { compareAccounts } from '../../../src/runs/accounts/compare-accounts'
import { isComparable } from '../../../src/runs/accounts/compare-stream'
import { dayColumn } from '../../../src/sink/held-keys'
import { untilSettled } from '../../support/conformance/drive'
import { stoppingAfter } from '../../support/conformance/cut'
import { lose, lostDays, someDays, wrongOrNothing } from '../../support/conformance/lost-days'
import type { TestWorld } from '../../support/conformance/test-world'
import type { Part } from './part'

/** Days that are asked for are read, and nothing but these: backfills and comparisons rest on it. */
export const readsDaysOnRequest: Part = (of, worlds) => {
  const declare = of.job.backfill ? test : test.skip
  const why = of.job.backfill ? '' : ' (the job declares no backfill)'
  const isDated = Object.values(of.job.streams).some((stream) => dayColumn(stream) !== undefined)
  const compare = of.job.backfill && isDated ? test : test.skip
  const whyNot = isDated ? why : ' (no column selects its rows by days)'

  declare(
    `a backfill makes lost days whole again, stopped after every page, and moves no cursor${why}`,
    async () => {
      await using world = await worlds.open()
      await world.catchUp()
      const days = await lostDays(world)
      const before = await cursors(world)
      const backfill = await backfillOf(world, days)
      await untilDone(world, backfill)
      expect(isDated ? await world.differences() : await wrongOrNothing(world)).toEqual([])
      expect(await cursors(world)).toEqual(before)
    },
  )

  compare(`a comparison of days finds a whole copy equal, and names what it lacks${whyNot}`, async () => {
    await using world = await worlds.open()
    await world.catchUp()
    const days = await someDays(world)
    expect(await compared(world, days)).toEqual([])
    const [lost] = await lose(world, days, 1)
    expect(await compared(world, days)).toEqual([
      expect.objectContaining({ stream: lost, missing: 1, surplus: 0 }),
    ])
  })
}

const cursors = async (world: TestWorld): Promise<object[]> =>
  (await world.engine.database.query<object>('select * from stream_states order by account_id, stream')).rows

async function backfillOf({ engine, account }: TestWorld, days: DayWindow): Promise<string> {
  return engine.database.transaction((sql) =>
    requestBackfill(sql, engine.job, {
      days,
      streams: null,
      accountIds: [account.id],
      requestedBy: 'conformance suite',
    }),
  )
}

async function untilDone(world: TestWorld, backfillId: string): Promise<void> {
  const { engine, worker } = world
  for (let round = 0; round < 100; round += 1) {
    const step = await stepBackfill(engine.database, engine.job, backfillId)
    if (step.kind === 'done') return
    if (step.kind === 'waiting') await restWindows(world)
    const { rows } = await engine.database.query<{ id: string }>(
      `select id from syncs where lane = 'backfill' and state in ('waiting', 'running')`,
    )
    for (const { id } of rows) {
      const {
        state,
        error_code: code,
        error_message: message,
      } = await untilSettled(engine, worker, id, (attempt) => stoppingAfter(attempt))
      expect({ state, code, message }).not.toMatchObject({ state: 'failed' })
    }
  }
  throw new Error('the backfill did not come to its end in a hundred rounds')
}

/** Lets the time go by that the vendor asked the backfill to wait. */
async function restWindows({ engine }: TestWorld): Promise<void> {
  const { rows } = await engine.database.query<{ until: Date | null }>(
    'select min(not_before) as until from backfill_windows where not_before > clock_timestamp()',
  )
  const until = rows[0]?.until
  if (!until) throw new Error('the backfill waits for nothing')
  await engine.clock.moveTo(until)
}

/** What a comparison finds different, or why it could not compare. */
async function compared(world: TestWorld, days: DayWindow): Promise<unknown[]> {
  const { engine, worker, account } = world
  const accounts = await accountAccess(engine.database, { ids: [account.id] })
  const { sync } = engine
  const found: unknown[] = []
  const comparisons = compareAccounts(accounts, {
    database: engine.database,
    job: engine.job,
    sync,
    doors: worker.doors,
    days,
    streams: Object.keys(engine.job.streams).filter((name) => {
      const stream = engine.job.streams[name]
      // A listing of what is there now is compared without days.
      return stream && stream.kind !== 'snapshot' && isComparable(stream)
    }),
    now: engine.clock.now,
    signal: new AbortController().signal,
    wait: async (milliseconds) => engine.clock.advance(milliseconds),
    random: () => 1,
    waiting: () => undefined,
  })
  for await (const { streams, error } of comparisons) {
    if (error) found.push(error)
    found.push(...streams.filter(({ missing, surplus }) => missing + surplus > 0))
  }
  return found
}
