import type { Job } from '../../../src/job/define-job'
import { listIncidents } from '../../../src/ledger/gates/incidents'
import { findRun, reopenRun } from '../../../src/ledger/work/runs'
import { hours, minutes } from '../../../src/lib/durations'
import { cancelRun } from '../../../src/runs/cancel/cancel'
import { carryOutCancellations } from '../../../src/runs/cancel/carry-out-cancellations'
import { pause, resume } from '../../../src/runs/control/pause'
import { watchLongRuns, watchRunDeadlines } from '../../../src/runs/watchdog/watch-runs'
import { WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { Engine } from '../../support/engine'
import { addRun } from '../../support/fleet-history'
import { madeUpJob } from '../../support/made-up-job'
import { ana, toolsOf } from '../../support/pausing'

const events = new WatchEvents(silentLogger)

describe('a run past its deadline', () => {
  let engine: Engine
  let runId: string
  beforeEach(async () => {
    engine = await Engine.open(2)
    const planned = await engine.plan()
    runId = planned.runId
    await engine.attempt(planned.syncIds[0] ?? '', async function* ({ streams: { orders } }) {
      yield orders.page([{ order_id: 1, note: null }], { cursor: 1 })
    })
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  const job: Job = madeUpJob({ runDeadline: hours(2) })
  const isOld = async (time: number) =>
    engine.database.query(`update runs set started_at = clock_timestamp() - $1 * interval '1 millisecond'`, [
      time,
    ])
  const watch = async () => {
    await watchRunDeadlines(engine.database, [job], events)
    return carryOutCancellations(engine.database, { patience: 0 })
  }

  test('is ended by the system, and is partial: what it left out wants a look', async () => {
    await isOld(hours(2) + minutes(1))
    await watch()
    expect(await findRun(engine.database, runId)).toMatchObject({ state: 'partial', cancelledBy: null })
    expect(
      await engine.rows('select state, reason, error_class, error_code from syncs order by id'),
    ).toMatchObject([
      { state: 'ok' },
      {
        state: 'cancelled',
        reason: 'cancelled by system: the run took longer than its deadline of 2 h',
        error_class: 'transient',
        error_code: 'run_deadline',
      },
    ])
    expect(await engine.rows('select actor, via, action, subject, after from audit_log')).toEqual([
      {
        actor: 'system',
        via: 'system',
        action: 'end run at its deadline',
        subject: `run ${runId}`,
        after: { syncs: 1 },
      },
    ])
    expect((await watch()).syncs).toEqual([])
    expect(await engine.rows('select from audit_log')).toHaveLength(1)
  })

  test('is left alone before it', async () => {
    await isOld(hours(2) - minutes(30))
    await watch()
    expect(await findRun(engine.database, runId)).toMatchObject({ state: 'running' })
  })

  test('is measured anew from where a dead letter of it was retried', async () => {
    await isOld(hours(50))
    await engine.database.query(`update runs set state = 'partial', settled_at = clock_timestamp()`)
    await reopenRun(engine.database, runId)
    await watch()
    expect(await findRun(engine.database, runId)).toMatchObject({ state: 'running' })
  })

  test('is left alone where it belongs to a backfill, which waits behind live work', async () => {
    await isOld(hours(50))
    await engine.database.query(`update runs set kind = 'backfill'`)
    await watch()
    expect(await findRun(engine.database, runId)).toMatchObject({ state: 'running' })
  })
})

describe('a run that takes much longer than usual', () => {
  let engine: Engine
  beforeEach(async () => (engine = await Engine.open(1)))
  afterEach(async () => engine[Symbol.asyncDispose]())

  /** Slot runs of the job that took so many minutes each. */
  const past = async (...took: readonly number[]): Promise<void> => {
    for (const [index, time] of took.entries())
      await addRun(engine.database, {
        job: 'dealertrend',
        state: 'ok',
        startedAgo: minutes(60 * (index + 10)) / 1000,
        took: minutes(time) / 1000,
      })
  }
  /** One that has been running for so many minutes. */
  const running = async (time: number): Promise<string> => {
    const { runId } = await engine.plan()
    await engine.database.query(
      `update runs set kind = 'slot', due_at = now(), started_at = clock_timestamp() - $2 * interval '1 minute' where id = $1`,
      [runId, time],
    )
    return runId
  }
  const told = async (all = false) => {
    await watchLongRuns(engine.database, events)
    return listIncidents(engine.database, { all, limit: 10 })
  }

  test('is told of once, and once when it is over', async () => {
    await past(10, 11, 12, 10, 9)
    const runId = await running(60)
    expect(await told()).toMatchObject([
      {
        kind: 'run-long',
        subject: `run ${runId}`,
        job: 'dealertrend',
        message: expect.stringMatching(
          /^run \d+ of dealertrend has taken 1 h.*; its runs take 11 min 4\d s at most/,
        ),
      },
    ])
    expect(await told()).toMatchObject([{ times: 1 }])

    await cancelRun(
      engine.database,
      runId,
      { actor: 'ada', via: 'cli' },
      { signal: new AbortController().signal, unqueue: async () => undefined },
    )
    expect(await told()).toEqual([])
    expect(await told(true)).toMatchObject([
      { closing: expect.stringMatching(/^settled as cancelled after 1 h/) },
    ])
  })

  test.each([
    ['there are too few to compare with', [10, 10, 10, 10], 300],
    ['it takes less than three times as long', [10, 10, 10, 10, 10], 29],
    ['it takes hardly longer, though many times as long', [1, 1, 1, 1, 1], 4],
  ])('is not told of where %s', async (_, before, time) => {
    await past(...before)
    await running(time)
    expect(await told()).toEqual([])
  })

  test('is not told of while all that is open of it is paused', async () => {
    await past(1, 1, 1, 1, 1)
    await running(60)
    const target = { scope: 'account', id: engine.accounts[0] ?? '' } as const
    await pause(toolsOf(engine.database), target, { by: ana, reason: 'budget review' })
    expect(await told()).toEqual([])
    await resume(toolsOf(engine.database), target, { by: ana })
    expect(await told()).toHaveLength(1)
  })

  test('is not compared with runs of another kind', async () => {
    await past(1, 1, 1, 1, 1)
    const runId = await running(60)
    await engine.database.query(`update runs set kind = 'manual', due_at = null where id = $1`, [runId])
    expect(await told()).toEqual([])
  })
})
