import type { Job } from '../../job/define-job'
import type { Counting } from '../../ledger/slots/slot-history'
import { clockMark } from '../../lib/cron'
import { timeOfReading } from '../../lib/read-instant'
import { scheduleAt } from './why'

/** What a change of the clocks did, or will do, to a due instant of a job, for lists: `gap: for 02:30`; null for nothing. */
export function clocksInWords(job: Job, counting: Counting, dueAt: Date): string | null {
  const mark = clockMark(scheduleAt(job, dueAt, counting) ?? job.effective, dueAt)
  if (!mark) return null
  return mark.kind === 'moved' ? `gap: for ${timeOfReading(mark.reading)}` : `fold: ${mark.kind} time`
}
