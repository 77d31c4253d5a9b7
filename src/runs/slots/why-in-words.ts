import type { Job } from '../../job/define-job'
import type { RunTotals } from '../../ledger/work/runs'
import { clockMark, type Schedule } from '../../lib/cron'
import { cronInWords } from '../../lib/cron-in-words'
import { inWords } from '../../lib/durations'
import { localTime, timeOfReading } from '../../lib/read-instant'
import { excludedBy, offReason, tickPatience, waitForWindow } from './slot-policy'
import type { InstantFacts, Subject, TickState } from './why'

/** What an outcome is told with, besides the subject. */
export interface Circumstances {
  readonly run: RunTotals | null
  /** The oldest slot before this one that has no outcome either. */
  readonly earlier: Date | null
  /** The words of the pause that keeps it from running, as things stand; null where none does. */
  readonly paused: string | null
  readonly tick: TickState
  /** The due instants next to it. */
  readonly previous: Date | null
  readonly next: Date | null
  /** The words of the pause that keeps the next one from running, where that is to come; null where none does. */
  readonly nextPaused: string | null
}

/** Why an instant has the outcome it has: one or two sentences for people. */
export function reasonOf(facts: InstantFacts, subject: Subject, of: Circumstances): string {
  const { job, counting } = facts
  const zone = job.effective.timezone
  const time = (instant: Date) => timeIn(instant, zone)
  const asked = time(facts.asked)
  const due = subject.dueAt ? `${time(subject.dueAt)}${clockNote(job, subject)}` : asked
  switch (subject.outcome) {
    case 'not-due':
      return `${job.id} was not due at ${asked}: ${scheduleInWords(subject.schedule)}. ${beside(of, time)}`
    case 'not-to-come':
      return `${job.id} will not be due at ${asked}: ${scheduleInWords(subject.schedule)}. ${beside(of, time)}`
    case 'to-come':
      return `${job.id} will be due at ${due}, and ${prospect(job, subject.dueAt ?? facts.asked, of.paused)}.`
    case 'unknown': {
      const since = counting.schedules[0]?.since
      return since
        ? `The ledger does not know whether ${job.id} was due at ${asked}: it has counted its due instants since ${time(since)}.`
        : `The ledger has never counted the due instants of ${job.id}: no scheduler has led yet.`
    }
    case 'due':
      return `${job.id} was due at ${due} and has no outcome yet: ${awaited(facts, subject, of)}.`
    case 'ran':
      return `${job.id} was due at ${due} and ran: ${runInWords(of.run, subject.dueAt)}.`
    case 'skipped':
    case 'paused':
    case 'off':
    case 'expired':
    case 'missed':
      return `${job.id} was due at ${due} and ${told[subject.outcome]}: ${subject.slot?.reason ?? ''}.`
  }
}

const told = {
  skipped: 'was skipped',
  paused: 'was paused',
  off: 'was off',
  expired: 'expired',
  missed: 'was missed',
} as const

const timeIn = (instant: Date, zone: string): string =>
  `${localTime(instant, zone)} ${zone} (${instant.toISOString().replace(/\.\d+Z$/, 'Z')})`

function clockNote(job: Job, { dueAt, schedule }: Subject): string {
  const mark = dueAt && clockMark(schedule ?? job.effective, dueAt)
  if (!mark) return ''
  return mark.kind === 'moved'
    ? `, where the clocks left out ${timeOfReading(mark.reading)},`
    : `, the ${mark.kind} of two such times,`
}

const scheduleInWords = (schedule: Schedule | null): string =>
  schedule
    ? `the schedule is ${schedule.cron} in ${schedule.timezone} (${cronInWords(schedule.cron)})`
    : 'it has no schedule'

function beside({ previous, next, nextPaused }: Circumstances, time: (instant: Date) => string): string {
  const parts = [
    ...(previous ? [`the slot before is that of ${time(previous)}`] : []),
    ...(next
      ? [
          `the next one that of ${time(next)}${nextPaused === null ? '' : `, which will not run: ${nextPaused}`}`,
        ]
      : []),
  ]
  return parts.length === 0 ? 'There is none before or after it.' : `${capital(parts.join(', '))}.`
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** What would be decided of an instant that is still to come, as things stand. */
function prospect(job: Job, dueAt: Date, paused: string | null): string {
  if (job.effective.mode === 'off') return `will not run: the job is ${offReason}`
  const excluded = excludedBy(job, dueAt)
  if (excluded !== undefined) return `will not run: ${excluded}`
  return paused === null ? 'will run' : `will not run: ${paused}`
}

/** What a due slot without an outcome waits for. */
function awaited({ job, counting }: InstantFacts, { dueAt, slot }: Subject, of: Circumstances): string {
  if (!dueAt || !slot) return 'a leading scheduler has yet to record it'
  if (of.paused !== null) return `it does not run, for ${of.paused}, and is settled so next`
  const late = counting.now.getTime() - dueAt.getTime()
  const window = waitForWindow(job, { dueAt, late })
  if (window.kind === 'wait' && window.after > 0 && late <= job.startWithin)
    return `nothing starts now, within an excluded window; it is decided when that ends, in ${inWords(window.after)}`
  if (of.tick === 'pending') return 'its tick waits for a worker'
  if (late < tickPatience)
    return `a worker is to pick up its tick; after ${inWords(tickPatience)} the leading scheduler looks into it`
  if (of.earlier) return `the slot of ${timeIn(of.earlier, job.effective.timezone)} comes first`
  return of.tick === 'none'
    ? 'nobody picked it up, and the leading scheduler decides it next'
    : 'a worker or the leading scheduler decides it next; whether its tick still waits, Redis did not say'
}

function runInWords(run: RunTotals | null, dueAt: Date | null): string {
  if (!run) return 'its run is not in the ledger any more'
  const late = dueAt ? Math.max(0, run.startedAt.getTime() - dueAt.getTime()) : 0
  const what = run.kind === 'catch-up' ? `run ${run.id}, a catch-up,` : `run ${run.id}`
  const end =
    run.settledAt === null
      ? 'is not done yet'
      : `ended ${run.state} after ${inWords(run.settledAt.getTime() - run.startedAt.getTime())}`
  return `${what} started ${inWords(late)} late and ${end}, with ${accountsInWords(run)}`
}

function accountsInWords(run: RunTotals): string {
  const others = [
    [run.partial, 'partial'],
    [run.failed, 'failed'],
    [run.skipped, 'skipped'],
    [run.deferred, 'deferred'],
    [run.cancelled, 'cancelled'],
    [run.superseded, 'superseded'],
    [run.open, 'open'],
  ] as const
  const rest = others.filter(([count]) => count > 0).map(([count, state]) => `${count} ${state}`)
  return [`${run.ok} of ${run.syncs} accounts ok`, ...rest].join(', ')
}
