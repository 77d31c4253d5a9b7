import type { SyncView } from '../../ledger/views/sync-view'
import type { AttemptOutcome, WaitsFor } from '../../ledger/work/attempts'
import type { SyncWait, WaitKind } from '../../ledger/work/sync-waits'
import type { SyncState } from '../../ledger/work/syncs'

/**
 * What a sync spent a part of its time on:
 * - `spread`: its place in its run's spread, or in a row of retries
 * - `queue`: a worker's free place
 * - `lease`, `isolation`, `breaker`, `pause`: what it met when its turn came
 * - `backoff`, `vendor`, `stores`, `live work`: what its last attempt ended with
 * - `handed over`: its worker stopped or was lost, until the next one took it
 * - `dead letter`: it had failed, until a person retried it
 * - `work`: an attempt
 */
export type SegmentKind = 'spread' | 'queue' | WaitKind | WaitsFor | 'handed over' | 'dead letter' | 'work'

/** One part of a sync's time. */
export interface Segment {
  readonly kind: SegmentKind
  readonly from: Date
  readonly to: Date
  /** What kept it, where that was written down. */
  readonly reason?: string
  /** Of `work`: which attempt, what it came to, and how many milliseconds of it were waits for the vendor's limits. */
  readonly attempt?: { readonly number: number; readonly outcome: AttemptOutcome; readonly limitWait: number }
  /** Of the last part of an open sync: until when at least it goes on. */
  readonly until?: Date
}

/** An attempt, as far as time is concerned. */
export interface TimedAttempt {
  readonly number: number
  readonly outcome: AttemptOutcome
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly limitWait: number
  readonly waitsFor: WaitsFor | null
  /** Until when at least its sync was to wait after it. */
  readonly againAt: Date | null
}

/** What is known of a sync's time. */
export interface TimelineFacts {
  readonly state: SyncState
  readonly createdAt: Date
  readonly startsAt: Date | null
  readonly reopenedAt: Date | null
  readonly settledAt: Date | null
  readonly waitUntil: Date | null
  readonly attempts: readonly TimedAttempt[]
  readonly waits: readonly SyncWait[]
  /** Postgres' clock. */
  readonly now: Date
}

/** A part that lasts until the next one begins. */
interface Beginning {
  readonly kind: SegmentKind
  readonly at: number
  readonly reason?: string
  readonly attempt?: NonNullable<Segment['attempt']>
}

/** A sync's time from its beginning until it was settled, or until now, in parts without a gap. */
export function timelineOf(facts: TimelineFacts): Segment[] {
  const begin = facts.createdAt.getTime()
  const end = Math.max(begin, (facts.settledAt ?? facts.now).getTime())
  const parts = inOrder(beginningsOf(facts), begin, end)
  const segments = parts.flatMap(({ at, ...part }, index): Segment[] => {
    const to = parts[index + 1]?.at ?? end
    return to > at ? [{ ...part, from: new Date(at), to: new Date(to) }] : []
  })
  const last = segments.at(-1)
  const { waitUntil, settledAt, now } = facts
  if (!last || settledAt || !waitUntil || waitUntil <= now) return segments
  return [...segments.slice(0, -1), { ...last, until: waitUntil }]
}

/** Instants of several machines' making need not be in order: none begins before the one that it follows. */
function inOrder(beginnings: readonly Beginning[], begin: number, end: number): Beginning[] {
  let latest = begin
  return beginnings.map((beginning) => {
    latest = Math.min(end, Math.max(latest, beginning.at))
    return { ...beginning, at: latest }
  })
}

function beginningsOf(facts: TimelineFacts): Beginning[] {
  const attempts = facts.attempts.toSorted((one, other) => one.number - other.number)
  return [undefined, ...attempts].flatMap((attempt, index) => {
    const next = attempts[index]
    const work = attempt ? [workOf(attempt)] : []
    const isLast = next === undefined
    if (attempt && (attempt.endedAt === null || (isLast && isTheEnd(attempt, facts.state)))) return work
    const from = attempt?.endedAt ?? facts.createdAt
    return [...work, ...gapOf(facts, attempt, from, next?.startedAt ?? facts.settledAt ?? facts.now)]
  })
}

const workOf = ({ number, outcome, limitWait, startedAt, endedAt }: TimedAttempt): Beginning => ({
  kind: 'work',
  at: startedAt.getTime(),
  attempt: {
    number,
    outcome,
    limitWait: endedAt
      ? Math.min(limitWait, Math.max(0, endedAt.getTime() - startedAt.getTime()))
      : limitWait,
  },
})

/** The sync ended with this attempt: what lies between their two instants is no wait. */
const isTheEnd = ({ outcome, waitsFor }: TimedAttempt, state: SyncState): boolean =>
  ['ok', 'partial', 'deferred', 'cancelled'].includes(outcome) ||
  (outcome === 'failed' && waitsFor === null && (state === 'failed' || state === 'skipped'))

/** What a sync waited for between two attempts, before its first, or after its last. */
function gapOf(facts: TimelineFacts, after: TimedAttempt | undefined, from: Date, to: Date): Beginning[] {
  const met = facts.waits
    .filter(({ beganAt }) => from <= beganAt && beganAt < to)
    .map(({ kind, reason, beganAt }) => ({ kind, reason, at: beganAt.getTime() }))
  // What it met when its turn came goes on until it meets something else, or the next attempt begins.
  const turn = met[0]?.at ?? Infinity
  const planned = plannedAfter(facts, after, from.getTime())
  return [...planned.filter(({ at }) => at < to.getTime() && at <= turn), ...met]
}

/** What comes after an attempt, or after the sync was planned, where nothing else comes between. */
function plannedAfter(facts: TimelineFacts, after: TimedAttempt | undefined, from: number): Beginning[] {
  const { reopenedAt, startsAt } = facts
  // Retrying a dead letter gives it another place.
  if (!after) return waiting('spread', from, reopenedAt ? null : startsAt)
  const { outcome, waitsFor, againAt } = after
  if (waitsFor) return waiting(waitsFor, from, againAt)
  if (outcome === 'interrupted' || outcome === 'lost' || outcome === 'crashed')
    return [{ kind: 'handed over', at: from }]
  if (outcome !== 'failed') return [{ kind: 'queue', at: from }]
  if (!reopenedAt) return [{ kind: facts.state === 'superseded' ? 'dead letter' : 'backoff', at: from }]
  const retried = reopenedAt.getTime() > from ? waiting('spread', reopenedAt.getTime(), startsAt) : []
  return [{ kind: 'dead letter', at: from }, ...retried]
}

/** The time of a sync as its view has it. */
export const timelineOfSync = (sync: SyncView): Segment[] =>
  timelineOf({ ...sync, attempts: sync.history, waits: sync.met })

/** A wait up to an instant, as far as there is one, and then for a worker. */
const waiting = (kind: SegmentKind, at: number, until: Date | null): Beginning[] =>
  until && until.getTime() > at
    ? [
        { kind, at },
        { kind: 'queue', at: until.getTime() },
      ]
    : [{ kind: 'queue', at }]
