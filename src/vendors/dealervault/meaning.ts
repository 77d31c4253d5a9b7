import {
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorResponseError,
  type SyncError,
} from '../../job/errors'
import type { VendorAnswer } from '../../job/http'
import { hours, inWords, seconds } from '../../lib/durations'
import { retryAfterOf } from '../retry-after'

/** What an answer means where DealerVault, or the Azure gateway before it, differs from the ordinary. */
export function meaningOf(answer: VendorAnswer): SyncError | undefined {
  const { status, request } = answer
  const message = `${request}: status ${status}`
  switch (status) {
    case 400:
    case 404:
      return new VendorConfigError(`the vendor does not know the rooftop, feed or dates (${message})`)
    // A new token was tried by now, and the key opens the gateway: what is missing is the right to this rooftop or feed.
    case 401:
      return new VendorConfigError(`the vendor has not granted us this rooftop or feed (${message})`)
    case 403:
      return (
        quotaOf(answer) ??
        new VendorConfigError(`the vendor has not granted us this rooftop or feed (${message})`)
      )
    case 429:
      return waitInBody(answer)
    default:
      return oddSuccess(answer)
  }
}

/** The same where the token is asked for: a refusal there concerns every rooftop of the program. */
export function tokenMeaningOf(answer: VendorAnswer): SyncError | undefined {
  const { status, request } = answer
  if (status === 429) return waitInBody(answer)
  if (status !== 400 && status !== 401 && status !== 403 && status !== 404) return oddSuccess(answer)
  const refusal = `the vendor refuses the subscription key or user (${request}: status ${status})`
  return (status === 403 ? quotaOf(answer) : undefined) ?? new VendorAuthError(refusal)
}

/** The gateway's way to say that a quota of calls is spent. */
function quotaOf({ headers, request, status }: VendorAnswer): SyncError | undefined {
  const stated = retryAfterOf(headers.get('retry-after'), new Date())
  if (stated === undefined) return undefined
  const wait = Math.max(stated, hours(1))
  return new QuotaError(
    `the quota of calls is spent, wait ${inWords(wait)} (${request}: status ${status})`,
    wait,
  )
}

/** The gateway writes the wait into its message as well. Undefined: the header says it, or the bucket backs off by itself. */
function waitInBody({ headers, json, request, status }: VendorAnswer): SyncError | undefined {
  if (headers.get('retry-after') !== null) return undefined
  const { message } = (json ?? {}) as { message?: unknown }
  const stated = typeof message === 'string' ? /again in (\d{1,5}) seconds/i.exec(message)?.[1] : undefined
  if (stated === undefined) return undefined
  return new RateLimitedError(`${request}: status ${status}, wait ${stated} s`, seconds(Number(stated)))
}

/** Only 200 carries data, and 204 none. */
function oddSuccess({ status, request }: VendorAnswer): SyncError | undefined {
  if (status < 200 || status > 299 || status === 200 || status === 204) return undefined
  return new VendorResponseError(`${request}: status ${status}, which is not documented`)
}
