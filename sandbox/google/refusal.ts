import type { VendorAnswer } from '../vendor'

/** One of Google's error codes: its family, and the value within. */
export type ErrorCode = Readonly<Record<string, string>>

export interface RefusalDetails {
  readonly status: number
  /** The canonical name of the status, e.g. `INVALID_ARGUMENT`. */
  readonly name: string
  /** Generic; what happened stands in `code`. */
  readonly message: string
  /** Absent where the refusal came from before Google Ads, which then says nothing of its own. */
  readonly code?: ErrorCode
  readonly detail?: string
  readonly quota?: { readonly rateScope: 'ACCOUNT' | 'DEVELOPER'; readonly retryDelay?: string }
}

/** A request that Google Ads refuses. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly details: RefusalDetails

  constructor(details: RefusalDetails) {
    super(details.detail ?? details.message)
    this.details = details
  }
}

/** 400: the request itself is wrong. */
export const invalid = (code: ErrorCode, detail: string): Refusal =>
  new Refusal({
    status: 400,
    name: 'INVALID_ARGUMENT',
    message: 'Request contains an invalid argument.',
    code,
    detail,
  })

/** 401: nobody that Google knows. */
export const unauthenticated = (value?: string): Refusal =>
  new Refusal({
    status: 401,
    name: 'UNAUTHENTICATED',
    message: 'Request had invalid authentication credentials.',
    ...(value === undefined ? {} : { code: { authenticationError: value } }),
  })

/** 403: known, but not allowed. */
export const denied = (value: string): Refusal =>
  new Refusal({
    status: 403,
    name: 'PERMISSION_DENIED',
    message: 'The caller does not have permission',
    code: { authorizationError: value },
  })

/** 429: too much, and when to come back. */
export const exhausted = (
  rateScope: 'ACCOUNT' | 'DEVELOPER',
  retryDelay: string | undefined,
  value = 'RESOURCE_EXHAUSTED',
): Refusal =>
  new Refusal({
    status: 429,
    name: 'RESOURCE_EXHAUSTED',
    message: 'Resource has been exhausted (e.g. check quota).',
    code: { quotaError: value },
    quota: { rateScope, ...(retryDelay === undefined ? {} : { retryDelay }) },
  })

/** 500: the query was too much, or the day is bad. */
export const internal = (value: string, status = 500): Refusal =>
  new Refusal({
    status,
    name: status === 503 ? 'UNAVAILABLE' : status === 504 ? 'DEADLINE_EXCEEDED' : 'INTERNAL',
    message: 'Internal error encountered.',
    code: { internalError: value },
  })

/** The body of a refusal: in a list of one where the answer would have been a list. */
export function refused(
  { details }: Refusal,
  { version, requestId, inList }: { version: string; requestId: string; inList: boolean },
): VendorAnswer {
  const { status, name, message } = details
  const failure = failureOf(details, version, requestId)
  const error = { code: status, message, status: name, ...(failure ? { details: [failure] } : {}) }
  return { status, headers: { 'request-id': requestId }, body: inList ? [{ error }] : { error } }
}

function failureOf({ code, message, detail, quota }: RefusalDetails, version: string, requestId: string) {
  if (!code) return undefined
  const rateName = quota?.rateScope === 'DEVELOPER' ? 'Number of operations for basic access' : 'Requests'
  const details = quota ? { quotaErrorDetails: { ...quota, rateName } } : undefined
  return {
    '@type': `type.googleapis.com/google.ads.googleads.${version}.errors.GoogleAdsFailure`,
    errors: [{ errorCode: code, message: detail ?? message, ...(details ? { details } : {}) }],
    requestId,
  }
}
