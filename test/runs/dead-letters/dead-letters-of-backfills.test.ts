import {
  moveBackfillPosition,
  reopenFailedWindows,
  takeOnNextWindows,
} from '../../../src/ledger/backfills/backfill-windows'
import { insertBackfill } from '../../../src/ledger/backfills/backfills'
import { insertRun } from '../../../src/ledger/work/runs'
import { deadLetterWorld, job, refusing } from '../../support/dead-letter-world'

describe('retryDeadLetters of a backfill', () => {
  /** A backfill of two windows, the first of which is a dead letter: sync 1. */
  const failedWindow = async () => {
    const world = await deadLetterWorld()
    const { database, engine } = world
    const windows = ['2026-02', '2026-01'].map((month) => ({ from: `${month}-01`, to: `${month}-28` }))
    const id = await insertBackfill(database, {
      job,
      mode: 'live',
      days: { from: '2026-01-01', to: '2026-02-28' },
      streams: null,
      accountIds: engine.accounts,
      windows,
      estimatedCalls: 2,
      requestedBy: 'ada',
    })
    const takeOn = async () => {
      const run = await insertRun(database, { job, kind: 'backfill', mode: 'live', definitionVersion: 1 })
      if (run) await takeOnNextWindows(database, id, run)
    }
    await takeOn()
    await engine.attempt('1', refusing('status 400'))
    return { ...world, id, takeOn }
  }

  test('reads the window again, from its beginning where it is told to', async () => {
    await using world = await failedWindow()
    await moveBackfillPosition(world.database, '1', 'orders', { position: 7, isRead: false })
    await moveBackfillPosition(world.database, '2', 'orders', { position: 8, isRead: false })
    expect(await world.retry({}, { from: 'scratch' })).toMatchObject({
      reopened: [{ syncId: '1', lane: 'backfill' }],
    })
    expect(await world.engine.rows('select window_id from backfill_positions')).toEqual([{ window_id: '2' }])
  })

  test('waits while other days of the account are being read', async () => {
    await using world = await failedWindow()
    await world.takeOn()
    expect(await world.retry()).toMatchObject({
      left: [{ syncId: '1', why: expect.stringMatching(/^other days/) }],
    })
    await world.engine.attempt('2', refusing('status 404'))
    expect(await world.retry({ syncIds: ['1'] })).toMatchObject({ reopened: [{ syncId: '1' }] })
  })

  test.each(['paused', 'cancelled'])('leaves one alone that is %s', async (state) => {
    await using world = await failedWindow()
    await world.database.query(
      `update backfills set state = $1, settled_at = case when $1 = 'cancelled' then clock_timestamp() end`,
      [state],
    )
    expect(await world.retry()).toMatchObject({
      left: [{ syncId: '1', why: `backfill ${world.id} is ${state}` }],
    })
  })

  test('supersedes it where its days were taken on anew', async () => {
    await using world = await failedWindow()
    await reopenFailedWindows(world.database, world.id)
    await world.takeOn()
    expect(await world.groups()).toMatchObject([{ syncs: 1, overtaken: 1 }])
    expect(await world.retry()).toMatchObject({ superseded: [{ syncId: '1' }] })
  })
})
