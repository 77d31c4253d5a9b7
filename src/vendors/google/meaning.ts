import {
  PositionRefusedError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorUnavailableError,
  type RateLimitOptions,
  type SyncError,
} from '../../job/errors'
import type { VendorAnswer } from '../../job/http'
import { hours, seconds } from '../../lib/durations'
import { ExpensiveQueryError, HeavyQueryError } from './errors'
import { faultOf, type GoogleFault } from './fault'

/** Where Google names no wait. The bucket doubles it from refusal to refusal. */
const openWait = seconds(10)

/** What only a change at the customer's own account, or of its id, can mend. */
const accountTroubles = new Map([
  ['CUSTOMER_NOT_ENABLED', 'the customer account is closed, or not enabled yet'],
  [
    'USER_PERMISSION_DENIED',
    'the credential has no access to this customer; often login_customer_id is missing or wrong',
  ],
  ['CUSTOMER_NOT_FOUND', 'there is no customer of this id'],
  ['MISSING_TOS', 'the customer has not accepted Google’s terms'],
  ['ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT', 'the customer account is suspended'],
  ['INVALID_CUSTOMER_ID', 'the external id is no customer id'],
  ['REQUESTED_METRICS_FOR_MANAGER', 'the customer is a manager, which has no figures of its own'],
])

/** What concerns every account of the credential. */
const credentialTroubles = new Map([
  ['OAUTH_TOKEN_REVOKED', 'access was revoked'],
  ['OAUTH_TOKEN_DISABLED', 'access was disabled'],
  ['NOT_ADS_USER', 'the signed-in user has no Google Ads account'],
  ['GOOGLE_ACCOUNT_DELETED', 'the Google account was deleted'],
  ['TWO_STEP_VERIFICATION_NOT_ENROLLED', 'the signed-in user lacks two-step verification'],
  ['DEVELOPER_TOKEN_INVALID', 'the developer token is not valid'],
  ['DEVELOPER_TOKEN_NOT_APPROVED', 'the developer token is approved for test accounts only'],
  ['DEVELOPER_TOKEN_PROHIBITED', 'the developer token may not be used with this Cloud project'],
  ['CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION', 'the Cloud project is not approved for production'],
  ['INVALID_LOGIN_CUSTOMER_ID', 'login_customer_id is no customer id'],
])

/** What an answer of Google Ads means; undefined for a good one, and where the status alone tells it. */
export function googleAdsMeaning(answer: VendorAnswer, developerBucket: string): SyncError | undefined {
  const { status, json, request } = answer
  const fault = faultOf(json)
  if (!fault) return status >= 500 ? new HeavyQueryError(`${request}: status ${status}`) : undefined
  return meaningOf(fault, status, wordsFor(fault, status, request), developerBucket)
}

/** What a fault inside a stream means that began as a good answer. */
export function meaningInStream(
  fault: GoogleFault,
  code: number,
  request: string,
  developerBucket: string,
): SyncError {
  return (
    meaningOf(fault, code, wordsFor(fault, code, request), developerBucket) ??
    new HeavyQueryError(wordsFor(fault, code, request))
  )
}

function wordsFor({ family, code, requestId }: GoogleFault, status: number, request: string): string {
  const parts = [
    `${request}: status ${status}`,
    [family, code].join(' ').trim(),
    requestId && `Google’s ${requestId}`,
  ]
  return parts.filter(Boolean).join(', ')
}

function meaningOf(
  fault: GoogleFault,
  status: number,
  where: string,
  developerBucket: string,
): SyncError | undefined {
  const { family, code } = fault
  const ofAccount = accountTroubles.get(code)
  if (ofAccount !== undefined) return new VendorConfigError(`${ofAccount} (${where})`)
  const ofCredential =
    credentialTroubles.get(code) ??
    (code.startsWith('ORGANIZATION_') ? 'the organisation does not allow this sign-in' : undefined)
  if (ofCredential !== undefined) return new VendorAuthError(`${ofCredential} (${where})`)
  if (status === 429 || family === 'quotaError') return limitOf(fault, where, developerBucket)
  if (code === 'CONCURRENT_MODIFICATION' || code === 'TRANSIENT_ERROR')
    return new VendorUnavailableError(where)
  if (family === 'internalError' || status >= 500) return new HeavyQueryError(where)
  if (code === 'EXPIRED_PAGE_TOKEN')
    return new PositionRefusedError(`Google no longer takes its own page token (${where})`)
  if (status === 401) return new VendorAuthError(`Google refuses the access token (${where})`)
  if (status === 403) return new VendorConfigError(`Google does not allow this (${where})`)
  return new VendorRequestError(where)
}

/** Only what Google says is about this account spares the others: all that share the developer token wait otherwise. */
function limitOf(fault: GoogleFault, where: string, developerBucket: string): SyncError {
  const { code, scope, retryDelay } = fault
  if (code.startsWith('EXCESSIVE_LONG_TERM_'))
    return new QuotaError(
      `Google finds the queries of this account too expensive (${where})`,
      retryDelay ?? hours(24),
    )
  const isCostly = code.startsWith('EXCESSIVE_')
  const isAccounts = isCostly || scope === 'ACCOUNT'
  const options: RateLimitOptions = {
    ...(isAccounts ? {} : { bucket: developerBucket }),
    isGuess: retryDelay === undefined,
  }
  const whose = isAccounts ? 'this account' : 'the developer token'
  const Limited = isCostly ? ExpensiveQueryError : RateLimitedError
  return new Limited(`Google limits ${whose} (${where})`, retryDelay ?? openWait, options)
}
