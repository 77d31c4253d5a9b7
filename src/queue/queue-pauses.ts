import type { Redis } from './connection'
import { keys } from './keys'
import type { Queue } from './queues'

/** Whether a queue is paused, and whether that is our doing. */
export interface QueuePauseState {
  readonly queue: Queue
  readonly isPaused: boolean
  /** False where somebody else paused it: nothing of ours may resume it. */
  readonly isOurs: boolean
}

/** Pauses queues and remembers beside them which of them we paused, for as long as Redis remembers that they are. */
export class QueuePauses {
  readonly #redis: Redis
  readonly #ours: string
  readonly #queues: readonly Queue[]

  constructor(redis: Redis, prefix: string, queues: readonly Queue[]) {
    this.#redis = redis
    this.#ours = keys(prefix).pausedQueues
    this.#queues = queues
  }

  /**
   * How each queue stands. What is ours is read before what is paused, and written before it: a queue that we are pausing or
   * resuming just now does not look like somebody else's.
   */
  async states(): Promise<QueuePauseState[]> {
    const ours = await this.#redis.smembers(this.#ours)
    const paused = await Promise.all(this.#queues.map(async (queue) => queue.isPaused()))
    return this.#queues.map((queue, index) => ({
      queue,
      isPaused: paused[index] ?? false,
      isOurs: ours.includes(queue.name),
    }))
  }

  /** Pauses a queue, whoever paused it before: what is under way goes on, nothing else is picked up. */
  async pause(queue: Queue): Promise<void> {
    await this.#redis.sadd(this.#ours, queue.name)
    await queue.pause()
  }

  /** Resumes a queue, and forgets that it was ours. */
  async resume(queue: Queue): Promise<void> {
    await queue.resume()
    await this.#redis.srem(this.#ours, queue.name)
  }
}
