import type { SyncError } from '../job/errors'

/** A try that did not bring what was asked for. */
export interface Failure {
  /** Undefined where no answer came. */
  readonly status: number | undefined
  readonly error: SyncError
  /** Another try may help and does no harm. */
  readonly again: boolean
  /** The wait that the vendor asked for, in milliseconds. */
  readonly pause?: number | undefined
  /** The vendor refused the token, so the same request with a new one is due at once. */
  readonly refusesToken?: true
}

/** How one try of a request ended. */
export type Outcome<T> = { readonly status: number; readonly value: T; readonly error?: never } | Failure

/** A good status with an answer that is not what the vendor documents. The message tells how, without any of its values. */
export class WrongAnswer extends Error {
  override name = 'WrongAnswer'
}

/** An answer that ends before it is whole although its connection ended in good order. */
export class BrokenOffError extends Error {
  override name = 'BrokenOffError'
}
