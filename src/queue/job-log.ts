import { seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import type { Queue } from './queues'

/** A page must not wait for Redis: its log is the least of what it shows. */
const patience = seconds(1)

/** The latest lines of a BullMQ job's log, oldest first; none where the job is gone. Undefined where Redis does not answer soon. */
export async function jobLog(
  queue: Queue,
  bullId: string,
  lines: number,
): Promise<readonly string[] | undefined> {
  const answered = new AbortController()
  const log = queue.getJobLogs(bullId, -lines, -1).then(
    ({ logs }) => logs,
    () => undefined,
  )
  const late = wait(patience, answered.signal).catch(() => undefined)
  try {
    return await Promise.race([log, late.then(() => undefined)])
  } finally {
    answered.abort()
  }
}
