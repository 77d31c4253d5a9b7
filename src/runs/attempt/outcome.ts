import type { JobSettings } from '../../job/define-job'
import { GaveUpError, SyncError, UnexpectedError, WaitError } from '../../job/errors'
import { minutes, seconds } from '../../lib/durations'
import { backoff } from './backoff'

/** How an attempt that threw goes on. */
export type Outcome =
  /** An attempt is spent; the next one starts after so many milliseconds. */
  | { readonly kind: 'retry'; readonly after: number }
  /** No attempt is spent; it goes on after so many milliseconds. */
  | { readonly kind: 'wait'; readonly after: number }
  /** The vendor asked for a wait too long to keep a sync open; the account rests so many milliseconds. */
  | { readonly kind: 'defer'; readonly after: number }
  /** The allowance is used up: what is written stays, the rest follows after the reset. */
  | { readonly kind: 'partial'; readonly after: number }
  /** A dead letter, and nothing of the credential or account is synced until a probe of it or a person has opened it again. */
  | { readonly kind: 'park'; readonly what: 'credential' | 'account' }
  /** A dead letter. */
  | { readonly kind: 'dead' }
  /** A dead letter of another error: what it met could still pass, but it has gone on for too long. */
  | { readonly kind: 'give-up'; readonly error: GaveUpError }

/** A longer wait ends the sync as deferred. */
const longestWait = minutes(15)
/** How long at least where our own Postgres or Redis is in trouble; however long that lasts, it is no failure of the sync. */
const storageWait = seconds(3)
/** A vendor that says "at once" still gets this long. */
const shortestWait = seconds(1)
/** An account whose allowance is said to be back at once still rests this long: a run is started for it each time. */
const shortestRest = minutes(1)

/**
 * The one place that decides by an error's class.
 * `failures` counts this one; `random` is from 0 to 1; `age` is the time since the sync's first attempt began, in milliseconds.
 * Nothing that is decided here keeps a sync going for longer than its job's `retryWithin`.
 */
export function decideOutcome(
  error: SyncError,
  settings: Pick<JobSettings, 'attempts' | 'backoff' | 'backoffCap' | 'retryWithin'>,
  failures: number,
  random: number,
  age = 0,
): Outcome {
  const left = settings.retryWithin - age
  switch (error.errorClass) {
    case 'transient':
    case 'vendor-down': {
      if (failures >= settings.attempts) return { kind: 'dead' }
      const after = backoff(settings, failures, random)
      return after > left
        ? { kind: 'give-up', error: new GaveUpError(error, settings.retryWithin) }
        : { kind: 'retry', after }
    }
    case 'storage':
      return { kind: 'wait', after: Math.round(storageWait * (1 + random)) }
    case 'rate-limited':
    case 'not-ready': {
      const after = Math.max(shortestWait, retryAfterOf(error))
      return after > longestWait || after > left ? { kind: 'defer', after } : { kind: 'wait', after }
    }
    case 'quota':
      return { kind: 'partial', after: Math.max(shortestRest, retryAfterOf(error)) }
    case 'auth':
      return { kind: 'park', what: 'credential' }
    case 'config':
      return { kind: 'park', what: 'account' }
    case 'schema':
    case 'bug':
      return { kind: 'dead' }
  }
}

const retryAfterOf = (error: SyncError): number =>
  error instanceof WaitError ? error.retryAfter : shortestWait

/**
 * Anything thrown, as one of our errors. What is not ours is a bug, told without its message, which might quote a record.
 */
export function syncErrorOf(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown
  const name = thrown instanceof Error ? thrown.name : typeof thrown
  const { code } = thrown as { code?: unknown }
  const known = typeof code === 'string' ? ` (${code})` : ''
  return new UnexpectedError(`unexpected ${name}${known}; the log has its stack`, { cause: thrown })
}
