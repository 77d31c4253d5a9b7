import type { Job } from '../../job/define-job'
import { pauseInWords, pausesOfInstants } from '../../ledger/control/pauses'
import { countingOf, slotsBeside } from '../../ledger/slots/slot-history'
import { openSlots, slotsBetween } from '../../ledger/slots/slots'
import { listRuns, type RunTotals } from '../../ledger/work/runs'
import type { Schedule } from '../../lib/cron'
import { days } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import { nextDue, previousDue } from './due-ahead'
import {
  type InstantFacts,
  type InstantOutcome,
  minuteOf,
  type Subject,
  subjectOf,
  type TickState,
} from './why'
import { reasonOf } from './why-in-words'

/** What became of an instant, or what will: exactly one outcome, and why. */
export interface InstantAnswer {
  readonly job: string
  readonly asked: Date
  readonly outcome: InstantOutcome
  /** For people. */
  readonly reason: string
  /** The slot that the instant means; null where the schedule names none in its minute. */
  readonly dueAt: Date | null
  /** How many others are due in the same minute. */
  readonly others: number
  readonly settledAt: Date | null
  readonly run: RunTotals | null
  /** The schedule in force then; null where the ledger knows none. */
  readonly schedule: Schedule | null
  readonly previous: Date | null
  readonly next: Date | null
}

/** Answers for any instant, past or to come. `tickOf` is asked only about a slot that has no outcome yet. */
export async function askWhy(
  sql: Sql,
  job: Job,
  asked: Date,
  tickOf: (dueAt: Date) => Promise<TickState>,
): Promise<InstantAnswer> {
  const { from, to } = minuteOf(asked)
  const counting = await countingOf(sql, job.id)
  const facts: InstantFacts = {
    job,
    asked,
    counting,
    slots: await slotsBetween(sql, job.id, from, to),
    beside: await slotsBeside(sql, job.id, from, to),
  }
  const subject = subjectOf(facts)
  const { slot, dueAt, outcome } = subject
  const [run] = slot?.runId ? await listRuns(sql, { id: slot.runId, limit: 1 }) : []
  const [oldest] = outcome === 'due' ? await openSlots(sql, job.id, 0) : []
  const { previous, next } = besideOf(facts, subject)
  const pauses = await pausesOfInstants(
    sql,
    job.id,
    [dueAt, next].filter((instant) => instant !== null),
  )
  const wordsOf = (instant: Date | null) => {
    const pause = instant && pauses.get(instant.getTime())
    return pause ? pauseInWords(pause) : null
  }
  const of = {
    run: run ?? null,
    earlier: oldest && dueAt && oldest.dueAt < dueAt ? oldest.dueAt : null,
    paused: wordsOf(dueAt),
    nextPaused: next && next > counting.now ? wordsOf(next) : null,
    tick: outcome === 'due' && dueAt ? await tickOf(dueAt) : undefined,
    previous,
    next,
  }
  return {
    job: job.id,
    asked,
    outcome,
    reason: reasonOf(facts, subject, of),
    dueAt,
    others: subject.others,
    settledAt: slot?.settledAt ?? null,
    run: of.run,
    schedule: subject.schedule && { cron: subject.schedule.cron, timezone: subject.schedule.timezone },
    previous,
    next,
  }
}

/** Looked back for a due instant of which there is no slot yet. */
const furthestBack = days(366)

/** The due instants next to it: what has a slot, else what the schedule names. */
function besideOf(
  { job, asked, counting, beside }: InstantFacts,
  { dueAt }: Subject,
): { readonly previous: Date | null; readonly next: Date | null } {
  const { now } = counting
  const at = dueAt ?? asked
  const back = new Date(Math.max(now.getTime(), at.getTime() - furthestBack))
  const toCome = at > now ? previousDue(job, at, back) : undefined
  return {
    previous: toCome ?? beside.before,
    next: beside.after ?? nextDue(job, at > now ? at : now),
  }
}
