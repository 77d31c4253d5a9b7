import { inWords } from '../../lib/durations'
import type { Segment, SegmentKind } from './timeline'

const words: Readonly<Record<Exclude<SegmentKind, 'work'>, string>> = {
  spread: 'its place in the spread',
  queue: 'waiting for a worker',
  lease: 'waiting for another sync of the account',
  isolation: 'waiting to be tried alone',
  breaker: 'waiting at a circuit breaker',
  pause: 'paused',
  backoff: 'backing off after a failure',
  vendor: 'waiting for the vendor',
  stores: 'waiting for Postgres or Redis',
  'live work': 'making way for live work',
  'handed over': 'waiting for another worker to go on',
  'dead letter': 'a dead letter',
}

/** What a part of a sync's time went on, for people, with instants as the caller writes them. */
export function partInWords(
  { kind, attempt, reason, until }: Omit<Segment, 'from' | 'to'>,
  written: (instant: Date) => string,
): string {
  if (kind === 'work') return attempt ? workInWords(attempt) : 'an attempt'
  const end = until ? ` until ${written(until)}` : ''
  return `${words[kind]}${end}${reason === undefined ? '' : `: ${reason}`}`
}

function workInWords({ number, outcome, limitWait }: NonNullable<Segment['attempt']>): string {
  const limits = limitWait > 0 ? `, ${inWords(limitWait)} of it for the vendor's limits` : ''
  return `attempt ${number}: ${outcome}${limits}`
}
