import { openPauses } from '../../ledger/control/pauses'
import type { Sql } from '../../lib/sql'
import type { Queues } from '../../queue/queues'

/** What was done to the queues, and which somebody else paused. By the names of the queues. */
export interface AlignedQueues {
  readonly paused: readonly string[]
  readonly resumed: readonly string[]
  /** Paused by no pause of the ledger. They are left as they are. */
  readonly foreign: readonly string[]
}

/**
 * Makes the queue of each job paused where the job or everything is, and resumes those of which the ledger says so no longer.
 * The queue of runs is never paused by us: its ticks settle the slots. The ledger is read last, for it is written first.
 */
export async function alignQueuePauses(sql: Sql, queues: Queues): Promise<AlignedQueues> {
  const states = await queues.pauses.states()
  const pauses = await openPauses(sql)
  const isAllPaused = pauses.some(({ scope }) => scope === 'everything')
  const jobs = new Set(pauses.filter(({ scope }) => scope === 'job').map(({ subject }) => subject))
  const paused: string[] = []
  const resumed: string[] = []
  const foreign: string[] = []
  for (const { queue, isPaused, isOurs } of states) {
    const { name } = queue
    if (queue !== queues.runs && (isAllPaused || jobs.has(name))) {
      if (isPaused && isOurs) continue
      await queues.pauses.pause(queue)
      if (!isPaused) paused.push(name)
    } else if (isOurs) {
      await queues.pauses.resume(queue)
      if (isPaused) resumed.push(name)
    } else if (isPaused) {
      foreign.push(name)
    }
  }
  return { paused, resumed, foreign }
}
