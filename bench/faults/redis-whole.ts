import { isTickPending } from '../../src/queue/job-schedulers'
import { jobIds } from '../../src/job/define-job'
import { openSyncs, type SyncOrder } from '../../src/ledger/work/open-syncs'
import type { World } from './world'

/** Syncs that are waiting or under way. */
export const openNow = async (world: World): Promise<SyncOrder[]> =>
  openSyncs(world.fleet.database, { age: 0, after: '0', limit: 1000 })

/**
 * Waits until Redis holds what the fleet runs by: all nine job schedulers with their next ticks, and for each of the syncs its
 * BullMQ job, unless it was settled meanwhile. Resolves with the instant by Postgres' clock.
 */
export async function untilWhole(world: World, syncs: readonly SyncOrder[]): Promise<number> {
  return world.until('Redis is whole', async () => {
    if (!(await schedulesStand(world))) return false
    const states = await world.queues.syncJobs.statesOf(syncs)
    const lacking = syncs.filter((_, index) => states[index] !== 'pending').map(({ syncId }) => syncId)
    const { rowCount } = await world.fleet.database.query(
      "select 1 from syncs where id = any ($1::bigint[]) and state in ('waiting', 'running')",
      [lacking],
    )
    return rowCount === 0 && world.now()
  })
}

async function schedulesStand({ queues: { queues } }: World): Promise<boolean> {
  const found = await queues.runs.getJobSchedulers()
  if (found.length !== jobIds.length) return false
  const pending = found.map(async ({ key, next }) => next && isTickPending(queues, key, new Date(next)))
  return (await Promise.all(pending)).every(Boolean)
}
