import { requestCancellations } from '../../../src/ledger/work/cancellations'
import { watchCancellations } from '../../../src/runs/watchdog/watch-cancellations'
import { WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { Engine } from '../../support/engine'
import { TestQueues } from '../../support/queues'

describe('watchCancellations', () => {
  test('ends what whoever cancelled it has left, settles its run, and takes it out of the queue', async () => {
    await using engine = await Engine.open(2)
    await using world = await TestQueues.open()
    const { database } = engine
    const { runId, syncIds } = await engine.plan()
    const queued = syncIds.map((syncId) => ({ syncId, job: 'dealertrend', version: 1 }))
    await world.syncJobs.addNew(queued)
    await requestCancellations(database, syncIds, { requestedBy: 'ada', reason: 'gone home' })

    await watchCancellations({
      database,
      syncJobs: world.syncJobs,
      events: new WatchEvents(silentLogger),
    })

    expect(await engine.rows('select state, reason from syncs')).toEqual(
      syncIds.map(() => ({ state: 'cancelled', reason: 'cancelled by ada: gone home' })),
    )
    expect(await engine.rows(`select state from runs where id = ${runId}`)).toEqual([{ state: 'partial' }])
    expect(await world.syncJobs.statesOf(queued)).toEqual(['gone', 'gone'])
  })
})
