import { Queue as BullQueue } from 'bullmq'
import { seconds } from '../lib/durations'
import { repeatStrategy, runsQueue } from './bull-jobs'
import type { Redis } from './connection'
import { keys } from './keys'
import { QueuePauses } from './queue-pauses'

/** One of BullMQ's queues, as the rest of the code may hold it. */
export type Queue = BullQueue<unknown, unknown>

/** The ten queues of the fleet. */
export interface Queues extends AsyncDisposable {
  readonly runs: Queue
  /** The queue of a job's syncs. Throws for a job that is not known. */
  of(jobId: string): Queue
  has(jobId: string): boolean
  /** `runs` first, then the jobs' in their own order. */
  readonly all: readonly Queue[]
  /** Which of them are paused. */
  readonly pauses: QueuePauses
}

/**
 * Opens the queues on one connection that must be ready, see `ready` in connection.ts.
 * Disposing closes the queues and leaves the connection to its owner.
 */
export function createQueues(connection: Redis, prefix: string, jobIds: readonly string[]): Queues {
  const open = (name: string): Queue => {
    const queue: Queue = new BullQueue(name, {
      connection,
      prefix,
      skipWaitingForReady: true,
      settings: { repeatStrategy },
    })
    // The shared connection logs its outages itself, once; without a listener BullMQ prints each error per queue.
    queue.on('error', () => undefined)
    return queue
  }
  const runs = open(runsQueue)
  const byJob = new Map(jobIds.map((id) => [id, open(id)]))
  const all = [runs, ...byJob.values()]
  return {
    runs,
    all,
    pauses: new QueuePauses(connection, prefix, all),
    has: (jobId) => byJob.has(jobId),
    of(jobId) {
      const queue = byJob.get(jobId)
      if (!queue) throw new Error(`no queue for job ${jobId}`)
      return queue
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(async (queue) => queue.close()))
    },
  }
}

/**
 * Resolves when the server that holds the queues answers and takes writes. A mere ping goes to any node of a cluster, and a
 * read to a server that can keep nothing. Every user may ask this.
 */
export async function queuesAnswer(connection: Redis, prefix: string): Promise<void> {
  await connection.set(keys(prefix).probe, '1', 'PX', seconds(1))
}
