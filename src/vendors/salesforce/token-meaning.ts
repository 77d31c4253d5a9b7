import { z } from 'zod'
import { RateLimitedError, VendorAuthError, VendorUnavailableError, type SyncError } from '../../job/errors'
import type { VendorAnswer } from '../../job/http'
import { minutes } from '../../lib/durations'

const Refusal = z.looseObject({ error: z.string(), error_description: z.string().optional() })

/** The vendor's own words for what is wrong with a credential, and what its owner can do. */
const remedies: readonly (readonly [described: RegExp, remedy: string])[] = [
  [/hasn.t approved/i, 'the user is not pre-authorised for the app'],
  [/audience/i, 'the login server does not take the assertion; see SALESFORCE_LOGIN_URL'],
  [/expired/i, 'the assertion or token is expired'],
  [/invalid client credentials/i, 'client_id or client_secret is wrong'],
  [/user is locked/i, 'the integration user is locked'],
  [/redirect uri/i, 'the app’s callback does not match'],
]

const known = new Set([
  'invalid_grant',
  'invalid_client_id',
  'invalid_client',
  'invalid_client_credentials',
  'invalid_request',
  'inactive_user',
  'inactive_org',
  'unsupported_grant_type',
])

/** What an answer of the login server means: a refusal is the credential's fault, but for too many logins and the vendor's own trouble. */
export function tokenMeaning({ status, json, request }: VendorAnswer): SyncError | undefined {
  const message = `${request}: status ${status}`
  if (status >= 200 && status < 300) {
    return json === undefined
      ? new VendorUnavailableError(`${message} with a body that is not JSON`)
      : undefined
  }
  if (status === 429 || status === 408 || status >= 500 || status < 400) return undefined
  const { error = '', error_description = '' } = Refusal.safeParse(json).data ?? {}
  if (error === 'rate_limit_exceeded') {
    return new RateLimitedError(`${message}, too many logins`, minutes(1))
  }
  const remedy = remedies.find(([described]) => described.test(error_description))?.[1]
  const reasons = [known.has(error) ? error : undefined, remedy].filter((part) => part !== undefined)
  const why = reasons.length > 0 ? `: ${reasons.join(', ')}` : ''
  return new VendorAuthError(`the vendor gives no token for these credentials${why} (${message})`)
}
