import type { Json } from '../../job/streams'
import type { SyncRow } from '../../ledger/work/syncs'
import type { Verdict } from '../../queue/verdict'
import type { Conclusion, End } from './conclude-attempt'
import { wayMade } from './live-work'

/** Tells the queue what the ledger knows already. */
export function verdictOfSettled({ id, state, reason, errorCode, errorMessage }: SyncRow): Verdict {
  if (state === 'failed') return { kind: 'dead', error: new Error(`${errorCode}: ${errorMessage}`) }
  return { kind: 'done', result: { sync: id, state, reason } }
}

/** What the queue is told after the ledger knows. */
export function verdictOf(end: End, { state }: Conclusion, result: Json): Verdict {
  if (end.kind === 'ok') return { kind: 'done', result }
  if (end.kind === 'handed-back') return { kind: 'hand-back' }
  if (end.kind === 'made-way') return { kind: 'wait', after: wayMade }
  if (end.kind === 'cancelled') return { kind: 'done', result }
  if (end.kind === 'isolated') return { kind: 'wait', after: end.after }
  const { error, outcome } = end
  // Whatever is decided of the error: what is shut decides more.
  if (state === 'skipped') return { kind: 'done', result: { state, reason: error.message } }
  switch (outcome.kind) {
    case 'retry':
      return { kind: 'retry', after: outcome.after, error }
    case 'wait':
      return { kind: 'wait', after: outcome.after }
    case 'defer':
    case 'partial':
      return { kind: 'done', result: { state, reason: error.message } }
    case 'park':
      return state === 'waiting' ? { kind: 'wait', after: 0 } : { kind: 'dead', error }
    case 'dead':
      return { kind: 'dead', error }
    case 'give-up':
      return { kind: 'dead', error: outcome.error }
  }
}
