import type { JobSettings } from '../job/define-job'
import { SyncError, UnexpectedError, WaitError } from '../job/errors'
import { minutes, seconds } from '../lib/durations'
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
  /** A dead letter, and nothing of the credential or account is synced until a person acts. */
  | { readonly kind: 'park'; readonly what: 'credential' | 'account' }
  /** A dead letter. */
  | { readonly kind: 'dead' }

/** A longer wait ends the sync as deferred. */
const longestWait = minutes(15)
/** A vendor that says "at once" still gets this long. */
const shortestWait = seconds(1)

/**
 * The one place that decides by an error's class.
 * `failures` counts this one; `random` is from 0 to 1.
 */
export function decideOutcome(
  error: SyncError,
  settings: Pick<JobSettings, 'attempts' | 'backoff' | 'backoffCap'>,
  failures: number,
  random: number,
): Outcome {
  switch (error.errorClass) {
    case 'transient':
    case 'vendor-down':
      return failures < settings.attempts
        ? { kind: 'retry', after: backoff(settings, failures, random) }
        : { kind: 'dead' }
    case 'rate-limited':
    case 'not-ready':
      return waitOrDefer(error)
    case 'quota':
      return { kind: 'partial', after: retryAfterOf(error) }
    case 'auth':
      return { kind: 'park', what: 'credential' }
    case 'config':
      return { kind: 'park', what: 'account' }
    case 'schema':
    case 'bug':
      return { kind: 'dead' }
  }
}

function waitOrDefer(error: SyncError): Outcome {
  const after = Math.max(shortestWait, retryAfterOf(error))
  return after > longestWait ? { kind: 'defer', after } : { kind: 'wait', after }
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
