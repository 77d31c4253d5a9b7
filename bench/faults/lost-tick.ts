import { jobIds } from '../../src/job/define-job'
import { isTickPending } from '../../src/queue/job-schedulers'
import { tickBullId } from '../../src/queue/bull-jobs'
import type { Fault } from './fault'
import { secondsBetween, untilSlotOnTime } from './looks'
import type { World } from './world'

/** A job scheduler's pending tick deleted by hand, after which BullMQ makes no more of them. */
export const lostTick: Fault = {
  kind: 'lost-tick',
  option: 'lost-ticks',
  title: 'Pending tick of a job scheduler deleted by hand',
  recovery: 'the job scheduler has its next tick again',
  target: 60,
  counts: { long: 10, short: 1 },
  pace: 6,
  async strike(world) {
    const job = world.pick(jobIds) ?? 'ctm'
    const at = await world.until(`the tick of ${job} is deleted`, async () => deleteTick(world, job))
    const recover = async () => {
      const restored = await world.until(`${job} has its next tick again`, async () => {
        const { queues } = world.queues
        const found = await queues.runs.getJobScheduler(job)
        const { next } = found ?? {}
        return next !== undefined && (await isTickPending(queues, job, new Date(next))) && world.now()
      })
      await untilSlotOnTime(world, restored)
      return { seconds: secondsBetween(at, restored) }
    }
    return { recovered: recover() }
  },
}

/** The instant at which it was deleted; undefined where it was picked up just then. */
async function deleteTick(world: World, job: string): Promise<number | undefined> {
  const { queues, redis } = world.queues
  const next = (await queues.runs.getJobScheduler(job))?.next
  if (next === undefined) return undefined
  const at = await world.now()
  const tick = tickBullId(job, new Date(next))
  const removed = await redis.zrem(queues.runs.toKey('delayed'), tick)
  if (removed === 0) return undefined
  await redis.del(queues.runs.toKey(tick))
  return at
}
