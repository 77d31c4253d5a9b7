import { inWords } from '../lib/durations'

/**
 * What an attempt's error means for what happens next; `runs/attempt/outcome.ts` is the one place that decides by it.
 * - `transient`, `vendor-down`: try again after a backoff
 * - `rate-limited`, `not-ready`: wait the stated time, no attempt spent
 * - `storage`: our own Postgres or Redis is in trouble: wait, no attempt spent, and neither vendor nor account is to blame
 * - `quota`: stop with what there is, resume after the reset
 * - `auth`, `config`: a person must act, so the credential or account is parked at once
 * - `schema`, `bug`: trying again cannot help
 */
export type ErrorClass =
  | 'transient'
  | 'vendor-down'
  | 'storage'
  | 'rate-limited'
  | 'not-ready'
  | 'quota'
  | 'auth'
  | 'config'
  | 'schema'
  | 'bug'

/** What went wrong in a sync. Messages hold statuses, counts and ids; never a body, a secret or personal data. */
export abstract class SyncError extends Error {
  /** Stable; the dashboard groups by it. */
  abstract readonly code: string
  abstract readonly errorClass: ErrorClass
}

/** The vendor could not be reached, or answered that it is in trouble. */
export class VendorUnavailableError extends SyncError {
  override name = 'VendorUnavailableError'
  readonly code = 'vendor_unavailable'
  readonly errorClass = 'vendor-down'
}

/** The vendor took longer than the request's timeout. */
export class VendorTimeoutError extends SyncError {
  override name = 'VendorTimeoutError'
  readonly code = 'vendor_timeout'
  readonly errorClass = 'transient'
}

/** Something that gets better by itself, and when. */
export abstract class WaitError extends SyncError {
  /** Milliseconds to wait from now. */
  readonly retryAfter: number

  constructor(message: string, retryAfter: number, options?: ErrorOptions) {
    super(message, options)
    this.retryAfter = retryAfter
  }
}

export interface RateLimitOptions extends ErrorOptions {
  /** The key of the bucket that the refusal concerns, where it is not the request's own but the one around it. */
  readonly bucket?: string
  /** The vendor named no wait, so the bucket's own pauses count. Default false. */
  readonly isGuess?: boolean
}

/** The vendor, or our own bucket for it, asks us to come back later. */
export class RateLimitedError extends WaitError {
  override name = 'RateLimitedError'
  readonly code = 'rate_limited'
  readonly errorClass = 'rate-limited'
  readonly bucket: string | undefined
  readonly isGuess: boolean

  constructor(message: string, retryAfter: number, { bucket, isGuess, ...options }: RateLimitOptions = {}) {
    super(message, retryAfter, options)
    this.bucket = bucket
    this.isGuess = isGuess ?? false
  }
}

/** An extract that the vendor is still preparing. */
export class NotReadyError extends WaitError {
  override name = 'NotReadyError'
  readonly code = 'not_ready'
  readonly errorClass = 'not-ready'
}

/** The vendor's allowance for a period is used up, until it is renewed. */
export class QuotaError extends WaitError {
  override name = 'QuotaError'
  readonly code = 'quota'
  readonly errorClass = 'quota'
}

/** The vendor refused our credentials. A person must act, so the credential is parked at once. */
export class VendorAuthError extends SyncError {
  override name = 'VendorAuthError'
  readonly code = 'vendor_auth'
  readonly errorClass = 'auth'
}

/** The credentials are good, but not for this account, or the account is set up wrongly. The account is parked at once. */
export class VendorConfigError extends SyncError {
  override name = 'VendorConfigError'
  readonly code = 'vendor_config'
  readonly errorClass = 'config'
}

/** The vendor says that our request is wrong. */
export class VendorRequestError extends SyncError {
  override name = 'VendorRequestError'
  readonly code = 'vendor_request'
  readonly errorClass = 'bug'
}

/** An answer that is not what the vendor documents. */
export class VendorResponseError extends SyncError {
  override name = 'VendorResponseError'
  readonly code = 'vendor_response'
  readonly errorClass = 'schema'
}

/** The vendor's paging leads back to a page that was read already. */
export class PagingLoopError extends SyncError {
  override name = 'PagingLoopError'
  readonly code = 'paging_loop'
  readonly errorClass = 'schema'
}

/** A position in the ledger that the vendor no longer accepts. The sync restarts its window. */
export class PositionRefusedError extends SyncError {
  override name = 'PositionRefusedError'
  readonly code = 'position_refused'
  readonly errorClass = 'transient'
}

/** A complete listing lacks so many of the rows we hold that it is not believed. */
export class ShrinkGuardError extends SyncError {
  override name = 'ShrinkGuardError'
  readonly code = 'shrink_guard'
  readonly errorClass = 'schema'
}

/** The attempt took longer than its job's deadline. */
export class DeadlineError extends SyncError {
  override name = 'DeadlineError'
  readonly code = 'deadline'
  readonly errorClass = 'transient'
}

/** No page came for longer than the job's page deadline. */
export class PageDeadlineError extends SyncError {
  override name = 'PageDeadlineError'
  readonly code = 'page_deadline'
  readonly errorClass = 'transient'
}

/** The run took longer than its job's run deadline. What was still open of it was ended, and the next run takes it up. */
export class RunDeadlineError extends SyncError {
  override name = 'RunDeadlineError'
  readonly code = 'run_deadline'
  readonly errorClass = 'transient'
}

/** Trying again could still help, but the sync has failed and waited for as long as its job allows. */
export class GaveUpError extends SyncError {
  override name = 'GaveUpError'
  readonly code = 'gave_up'
  readonly errorClass: ErrorClass

  /** `last` is what it failed of in the end; `within` is the job's limit in milliseconds. */
  constructor(last: SyncError, within: number) {
    super(`no success within ${inWords(within)}; in the end ${last.code}: ${last.message}`, { cause: last })
    this.errorClass = last.errorClass
  }
}

/** Postgres or Redis could not be reached, takes no writes, or ended the statement for reasons of its own. */
export class StorageUnavailableError extends SyncError {
  override name = 'StorageUnavailableError'
  readonly code = 'storage_unavailable'
  readonly errorClass = 'storage'
  /**
   * True where the store is of no use to anybody now, which its connection logs, once; false where it gave up this one
   * transaction or statement (a deadlock, a timeout). Default true.
   */
  readonly isOutage: boolean

  constructor(message: string, { isOutage = true, ...options }: ErrorOptions & { isOutage?: boolean } = {}) {
    super(message, options)
    this.isOutage = isOutage
  }
}

/** The credential's secrets cannot be decrypted with the keys that this worker has, or are not what the job needs. */
export class CredentialUnreadableError extends SyncError {
  override name = 'CredentialUnreadableError'
  readonly code = 'credential_unreadable'
  readonly errorClass = 'bug'
}

/** The sync brought its worker down, or lost it, again and again. */
export class WorkerCrashedError extends SyncError {
  override name = 'WorkerCrashedError'
  readonly code = 'worker_crashed'
  readonly errorClass = 'bug'
}

/** Something in our own code that nobody foresaw. */
export class UnexpectedError extends SyncError {
  override name = 'UnexpectedError'
  readonly code = 'unexpected'
  readonly errorClass = 'bug'
}

const cuts = {
  stopping: 'the worker is stopping',
  'lease-lost': 'the lease or lock on the account was lost',
  cancelled: 'the sync was cancelled, or is over',
} as const

/**
 * Why an attempt must stop although nothing failed. It is the reason of the attempt's `AbortSignal`.
 * - `stopping`: the process ends; the sync is handed to the next worker
 * - `lease-lost`: another attempt may work on the account; this one must not write another page
 * - `cancelled`: somebody wants the sync to end, or ended it already; what it has written stays
 */
export class AttemptInterruptedError extends Error {
  override name = 'AttemptInterruptedError'
  readonly cut: keyof typeof cuts

  constructor(cut: keyof typeof cuts, options?: ErrorOptions) {
    super(cuts[cut], options)
    this.cut = cut
  }
}

/** The account's fence was raised by another attempt: nothing may be written under the old one. */
export class FenceLostError extends Error {
  override name = 'FenceLostError'
  readonly code = 'fence_lost'
}
