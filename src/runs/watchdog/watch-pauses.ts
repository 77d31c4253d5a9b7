import { recordAct } from '../../ledger/audit'
import { expiredPauses, insertPause, type PauseTarget, targetInWords } from '../../ledger/control/pauses'
import type { Database } from '../../ledger/postgres/database'
import type { Queues } from '../../queue/queues'
import type { WatchEvents } from '../../telemetry/events'
import { alignQueuePauses } from '../control/align-queue-pauses'
import { endExpired, termsOf } from '../control/pause'

export interface PauseWatch {
  readonly database: Database
  readonly queues: Queues
  readonly events: WatchEvents
}

/**
 * Ends pauses whose time is over, and keeps the jobs' queues paused where the ledger says so, also after Redis lost its memory.
 * A queue that somebody paused by other means stays paused: it becomes a pause in the ledger, where everybody sees and can end it.
 */
export async function watchPauses({ database, queues, events }: PauseWatch): Promise<void> {
  for (const target of await expiredPauses(database)) {
    const ended = await database.transaction((sql) => endExpired(sql, target))
    if (ended) events.pauseExpired({ what: targetInWords(target), pausedBy: ended.pausedBy })
  }
  const { paused, resumed, foreign } = await alignQueuePauses(database, queues)
  for (const jobId of paused) events.queuePaused({ jobId })
  for (const jobId of resumed) events.queueResumed({ jobId })
  for (const name of foreign) {
    const isRuns = name === queues.runs.name
    const target: PauseTarget = isRuns ? { scope: 'everything' } : { scope: 'job', id: name }
    if (await adopt(database, target)) events.pauseAdopted({ what: targetInWords(target) })
    // From now on it is the ledger's: whoever resumes it there resumes the queue. Ticks go on, for they settle the slots.
    await (isRuns ? queues.pauses.resume(queues.runs) : queues.pauses.pause(queues.of(name)))
  }
}

/** False where it was paused in the ledger at the same moment. */
async function adopt(database: Database, target: PauseTarget): Promise<boolean> {
  const reason = 'its queue was paused outside of the dashboard'
  return database.transaction(async (sql) => {
    const pause = await insertPause(sql, target, { by: 'system', reason, until: null })
    if (!pause) return false
    await recordAct(sql, {
      actor: 'system',
      via: 'system',
      action: 'pause',
      subject: targetInWords(target),
      after: termsOf(pause),
      reason,
      outcome: 'done',
    })
    return true
  })
}
