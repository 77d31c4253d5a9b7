import type { Job } from '../../job/define-job'
import { instantForms, readInstant, type ReadInstant } from '../../lib/read-instant'
import { readUntil, untilForms } from '../../lib/read-until'
import { UsageError } from './outcome'

/** The instant that a person typed, in the job's own time zone. What cannot be read is wrong usage. */
export function typedInstant(text: string, job: Job, now: Date): ReadInstant {
  const read = readInstant(text, job.effective.timezone, now)
  if (read) return read
  throw new UsageError(`"${text}" is no instant: expected ${instantForms} (zone: ${job.effective.timezone})`)
}

/** The first instant that a text means, for the beginning of a span; the last, for its end. */
export function edgeOf(text: string, job: Job, now: Date, edge: 'from' | 'to'): Date {
  const read = typedInstant(text, job, now)
  if (read.kind !== 'fold') return read.instant
  return (edge === 'from' ? read.instants[0] : read.instants.at(-1)) ?? now
}

/** The instant up to which something is to last, as a person typed it for `--until`. */
export function typedUntil(text: string, timezone: string, now: Date): Date {
  const until = readUntil(text, timezone, now)
  if (until) return until
  throw new UsageError(`--until: expected ${untilForms} (zone: ${timezone}), got "${text}"`)
}
