import {
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
  type SyncError,
} from '../job/errors'
import type { VendorAnswer } from '../job/http'

/** What an answer means where its vendor says nothing else; undefined for a good one and for 429, which the door handles. */
export function ordinaryMeaning({ status, request }: VendorAnswer): SyncError | undefined {
  const message = `${request}: status ${status}`
  if (status >= 200 && status < 300) return undefined
  if (status === 429) return undefined
  if (status === 408) return new VendorTimeoutError(message)
  if (status === 401) return new VendorAuthError(`the vendor refuses the credentials (${message})`)
  if (status === 403 || status === 404)
    return new VendorConfigError(`the vendor does not show this to these credentials (${message})`)
  if (status >= 500) return new VendorUnavailableError(message)
  if (status >= 400) return new VendorRequestError(message)
  return new VendorResponseError(`${message}; redirects are not followed`)
}

/** Errors of a request that provably never left, so that even one that is not idempotent may be sent again. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What a request that got no whole answer means. */
export function connectionFault(request: string, error: unknown): { error: SyncError; sent: boolean } {
  // undici's own error says only that it failed; why stands in its cause.
  const cause = (error as { cause?: unknown }).cause ?? error
  const code = codeOf(cause)
  return {
    error: new VendorUnavailableError(`${request}: the connection failed (${code})`, { cause }),
    sent: !neverSent.has(code),
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  if (typeof code === 'string') return code
  return typeof name === 'string' ? name : 'unknown'
}
