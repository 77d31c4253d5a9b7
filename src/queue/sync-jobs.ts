import type { JobsOptions } from 'bullmq'
import { type SyncData, syncBullId, syncOptions } from './bull-jobs'
import type { Redis } from './connection'
import type { Queue, Queues } from './queues'

/** A sync that wants a place in its job's queue. */
export interface QueuedSync {
  readonly syncId: string
  readonly job: string
  readonly version: number
  /** A backfill's waits behind every live one. Default live. */
  readonly lane?: 'live' | 'backfill'
  /** Milliseconds until it may start. Default 0. */
  readonly delay?: number
}

/** The BullMQ job that shows these syncs as its children. */
export type Parent = NonNullable<JobsOptions['parent']>

/** Where a sync's BullMQ job is, as far as the watchdog cares. */
export type SyncJobState = 'pending' | 'over' | 'gone'

/** Adds at a time: one round trip each, small enough not to block Redis. */
const batch = 1000

/** The syncs' BullMQ jobs: adding those that are missing, and finding out which are. */
export class SyncJobs {
  readonly #queues: Queues
  readonly #redis: Redis
  readonly #attempts: (jobId: string) => number

  /** `redis` is the queues' connection. `attempts` is what BullMQ shows; the ledger is what decides. */
  constructor(queues: Queues, redis: Redis, attempts: (jobId: string) => number) {
    this.#queues = queues
    this.#redis = redis
    this.#attempts = attempts
  }

  /** True for a job that has a queue. */
  knows(jobId: string): boolean {
    return this.#queues.has(jobId)
  }

  /** Adds syncs of which none can have a BullMQ job yet. Otherwise as `addMissing`. */
  async addNew(syncs: readonly QueuedSync[], parent?: Parent): Promise<void> {
    for (const { queue, chunk } of this.#chunksOf(syncs)) await this.#addAll(queue, chunk, parent)
  }

  /**
   * Adds the syncs that have no BullMQ job; those that have one are left alone, wherever they are.
   * A parent that is gone by now does not keep its children from running.
   */
  async addMissing(syncs: readonly QueuedSync[], parent?: Parent): Promise<void> {
    for (const { queue, chunk } of this.#chunksOf(syncs)) {
      const states = await this.#statesIn(queue, chunk)
      await this.#addAll(
        queue,
        chunk.filter((_, index) => states[index] === 'gone'),
        parent,
      )
    }
  }

  *#chunksOf(syncs: readonly QueuedSync[]): Generator<{ queue: Queue; chunk: readonly QueuedSync[] }> {
    for (const [job, ofJob] of groupByJob(syncs)) {
      const queue = this.#queues.of(job)
      for (let start = 0; start < ofJob.length; start += batch)
        yield { queue, chunk: ofJob.slice(start, start + batch) }
    }
  }

  async #addAll(queue: Queue, syncs: readonly QueuedSync[], parent?: Parent): Promise<void> {
    const orphans = await this.#add(queue, syncs, parent)
    await this.#add(queue, orphans)
  }

  /** Removes what is left of the syncs' BullMQ jobs and adds them anew, without a parent. */
  async replace(syncs: readonly QueuedSync[]): Promise<void> {
    await this.remove(syncs)
    await this.addMissing(syncs)
  }

  /** Removes what is left of the syncs' BullMQ jobs, but for those that a worker has in hand. */
  async remove(syncs: readonly Pick<QueuedSync, 'syncId' | 'job'>[]): Promise<void> {
    for (const { job, syncId } of syncs) {
      await this.#queues.of(job).remove(syncBullId(syncId), { removeChildren: false })
    }
  }

  /** Where each sync's BullMQ job is, in the given order. */
  async statesOf(syncs: readonly QueuedSync[]): Promise<SyncJobState[]> {
    const states = new Map<string, SyncJobState>()
    for (const [job, ofJob] of groupByJob(syncs)) {
      const found = await this.#statesIn(this.#queues.of(job), ofJob)
      for (const [index, { syncId }] of ofJob.entries()) states.set(syncId, found[index] ?? 'gone')
    }
    return syncs.map(({ syncId }) => states.get(syncId) ?? 'gone')
  }

  async #statesIn(queue: Queue, syncs: readonly QueuedSync[]): Promise<SyncJobState[]> {
    if (syncs.length === 0) return []
    const pipeline = this.#redis.pipeline()
    for (const { syncId } of syncs) pipeline.hmget(queue.toKey(syncBullId(syncId)), 'timestamp', 'finishedOn')
    const replies = (await pipeline.exec()) ?? []
    return replies.map(([error, reply]) => {
      if (error) throw error
      const [timestamp, finishedOn] = reply as [string | null, string | null]
      if (timestamp === null) return 'gone'
      return finishedOn === null ? 'pending' : 'over'
    })
  }

  /** Adds and returns those whose parent turned out to be gone. */
  async #add(queue: Queue, syncs: readonly QueuedSync[], parent?: Parent): Promise<QueuedSync[]> {
    if (syncs.length === 0) return []
    const added = await queue.addBulk(
      syncs.map(({ syncId, job, version, lane, delay = 0 }) => ({
        name: 'sync',
        data: { syncId, version } satisfies SyncData,
        opts: {
          ...syncOptions(this.#attempts(job)),
          // Those without a priority go first.
          ...(lane === 'backfill' ? { priority: 1 } : {}),
          ...(delay > 0 ? { delay } : {}),
          jobId: syncBullId(syncId),
          ...(parent ? { parent } : {}),
        },
      })),
    )
    // Where nothing was added, the id is the negative number of the reason, whatever its type says.
    return syncs.filter((_, index) => String(added[index]?.id).startsWith('-'))
  }
}

function groupByJob(syncs: readonly QueuedSync[]): Map<string, QueuedSync[]> {
  const groups = new Map<string, QueuedSync[]>()
  for (const sync of syncs) {
    const group = groups.get(sync.job)
    if (group) group.push(sync)
    else groups.set(sync.job, [sync])
  }
  return groups
}
