import type { JobType } from 'bullmq'
import type { Queue } from './queues'

/** What a queue holds at most that a person would clear at once. */
const atMost = 10_000

const states: readonly JobType[] = ['active', 'delayed', 'prioritized', 'wait', 'waiting', 'waiting-children']

/** The ids of the BullMQ jobs of a queue that are in one of BullMQ's states and not over yet; none for any other word. */
export async function bullIdsIn(queue: Queue, state: string): Promise<string[]> {
  const known = states.filter((each) => each === state)
  if (known.length === 0) return []
  const bullJobs = await queue.getJobs(known, 0, atMost - 1)
  // A job that was removed between the two looks comes back as nothing.
  return bullJobs.flatMap((bullJob) => (bullJob?.id === undefined ? [] : [bullJob.id]))
}
