import { z } from 'zod'
import {
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorUnavailableError,
  type SyncError,
} from '../../job/errors'
import type { VendorAnswer } from '../../job/http'
import { hours, seconds } from '../../lib/durations'
import { LocatorRefusedError, QueryTimeoutError } from './errors'

const Refusal = z.array(z.looseObject({ errorCode: z.string(), message: z.string().catch('') })).min(1)

/** What a request was about, for the messages of its refusal. */
export interface Asked {
  readonly object: string
  readonly fields: readonly string[]
  readonly filter?: { readonly field: string } | undefined
}

interface Refused {
  /** Names the request and its status. */
  readonly what: string
  /** The vendor's own text. To look into only: it may quote what we filter by. */
  readonly text: string
  readonly asked: Asked | undefined
}

/** How long a spent daily pool is left alone. It is a rolling day, so an hour frees some of it. */
export const quotaPause = hours(1)

const config =
  (why: string) =>
  ({ what }: Refused): SyncError =>
    new VendorConfigError(`${why} (${what})`)

/** By the vendor's error code, whatever the status. */
const meanings: Readonly<Record<string, (refused: Refused) => SyncError>> = {
  INVALID_SESSION_ID: ({ what, text }) =>
    new VendorAuthError(
      /not valid for use with the REST API/i.test(text)
        ? `the app’s tokens are not good for the REST API: it lacks the scope api (${what})`
        : `the vendor refuses a new token, too (${what})`,
    ),
  REQUEST_LIMIT_EXCEEDED: ({ what, text }) =>
    /concurrent/i.test(text)
      ? new RateLimitedError(`too many long requests at once (${what})`, seconds(5))
      : new QuotaError(`the org’s daily pool of requests is spent (${what})`, quotaPause),
  API_DISABLED_FOR_ORG: config('the API is switched off for this org'),
  API_CURRENTLY_DISABLED: config('the API is switched off for this org'),
  INSUFFICIENT_ACCESS: config('the integration user lacks a permission'),
  TXN_SECURITY_METERING_ERROR: config('a transaction security policy stops us: exempt the integration user'),
  INVALID_FIELD: ({ what, text, asked }) =>
    new VendorConfigError(
      `${fieldOf(text, asked)} does not exist or is hidden from the integration user (${what})`,
    ),
  INVALID_TYPE: ({ what, asked }) =>
    new VendorConfigError(
      `${asked?.object ?? 'an object'} does not exist or is hidden from the integration user (${what})`,
    ),
  MALFORMED_QUERY: ({ what }) => new VendorRequestError(`the vendor cannot read our query (${what})`),
  QUERY_TIMEOUT: ({ what }) => new QueryTimeoutError(`the query took the vendor too long (${what})`),
  INVALID_QUERY_LOCATOR: ({ what }) =>
    new LocatorRefusedError(`the vendor has forgotten the result (${what})`),
}

/** What an answer to a request for data means; undefined where it means the ordinary. */
export function dataMeaning(
  { status, json, request }: VendorAnswer,
  asked: Asked | undefined,
): SyncError | undefined {
  const what = `${request}: status ${status}`
  const isGood = status >= 200 && status < 300
  // A proxy's page comes with status 200 as well, and goes away by itself.
  if (isGood) {
    return json === undefined ? new VendorUnavailableError(`${what} with a body that is not JSON`) : undefined
  }
  const [refusal] = Refusal.safeParse(json).data ?? []
  if (refusal && Object.hasOwn(meanings, refusal.errorCode)) {
    return meanings[refusal.errorCode]?.({ what, text: refusal.message, asked })
  }
  switch (status) {
    case 404:
      return new VendorConfigError(`wrong instance_url or SALESFORCE_API_VERSION (${what})`)
    case 406:
    case 420:
      return new VendorUnavailableError(what)
    case 410:
      return new VendorConfigError(`this API version is retired: raise SALESFORCE_API_VERSION (${what})`)
    case 414:
    case 431:
      return new VendorConfigError(
        `custom_fields of ${asked?.object ?? 'an object'} are too many for one query (${what})`,
      )
    default:
      return undefined
  }
}

/** The field that the vendor complains of. Only a name that we have sent ourselves is repeated. */
function fieldOf(text: string, asked: Asked | undefined): string {
  // The text has other words of fields in it; the one that it is about stands in quotes.
  const words = new Set([...text.toLowerCase().matchAll(/'(\w+(?:\.\w+)*)'/g)].map(([, word]) => word))
  const ours = asked ? [...asked.fields, ...(asked.filter ? [asked.filter.field] : [])] : []
  const named = ours.find((field) => words.has(field.toLowerCase()))
  if (named !== undefined) return `the field ${named} of ${asked?.object}`
  return `a field of ${asked?.object ?? 'an object'}`
}
