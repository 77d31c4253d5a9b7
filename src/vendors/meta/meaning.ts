import { z } from 'zod'
import {
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorUnavailableError,
  type SyncError,
} from '../../job/errors'
import type { VendorAnswer } from '../../job/http'
import { minutes } from '../../lib/durations'
import { MetaCursorExpiredError, MetaObjectMissingError, MetaTooMuchDataError } from './errors'
import type { MetaUsage } from './usage'

const Refusal = z.looseObject({
  error: z.looseObject({
    code: z.int(),
    error_subcode: z.int().optional(),
    is_transient: z.boolean().optional(),
    message: z.string().optional(),
  }),
})

/** Limits of a user, a page, an ad account, or of one product for one account. */
const accountLimits = new Set([17, 32, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008])
const appLimit = 4
const tokens = new Set([190, 102])
const temporary = new Set([1, 2, -2, 341])
/** Codes that are temporary otherwise, and here say that the request itself is wrong. */
const wrongRequest = new Set(['2/1504041', '2/1504042'])
const tooMuchData = new Set(['100/1487534', '100/1504018', '2/1504038'])
const cursorExpired = 2642

const configuration = new Map([
  [10, 'the app lacks a permission'],
  [368, 'the vendor has blocked this for a violation of its policies'],
  [2635, 'the vendor no longer serves this version of its API: raise META_GRAPH_VERSION'],
])

const tokenTroubles = new Map([
  [458, 'the app was removed by its user'],
  [459, 'the user must log in to the vendor'],
  [460, 'the password was changed'],
  [463, 'the access token has expired'],
  [464, 'the user must log in to the vendor'],
  [467, 'the access token is invalid'],
])

/** A wait that the vendor leaves open. */
const openWait = minutes(5)

/**
 * What an answer of the Graph API means; undefined where it is no error of its own. The status and the type say next to
 * nothing there, so code, subcode and `is_transient` decide.
 */
export function metaMeaning(
  answer: VendorAnswer,
  usage: MetaUsage,
  appBucket: string,
): SyncError | undefined {
  const refusal = Refusal.safeParse(answer.json).data?.error
  if (!refusal) return undefined
  const { code, error_subcode, is_transient, message = '' } = refusal
  const both = error_subcode === undefined ? String(code) : `${code}/${error_subcode}`
  const where = `${answer.request}: status ${answer.status}, error ${both}`

  if (code === appLimit) return limited(`the app’s limit is reached (${where})`, usage.app.regain, appBucket)
  if (accountLimits.has(code))
    return limited(`the ad account’s limit is reached (${where})`, usage.account.regain)
  if (tooMuchData.has(both) || (/reduce the amount of data/i.test(message) && (code === 1 || code === 100)))
    return new MetaTooMuchDataError(`the vendor finds this too much data for one answer (${where})`)
  if (tokens.has(code)) {
    const trouble = tokenTroubles.get(error_subcode ?? 0) ?? 'the vendor refuses the access token'
    return new VendorAuthError(`${trouble}; a person must make a new one (${where})`)
  }
  if (code === 100 && /appsecret_proof/i.test(message))
    return new VendorAuthError(`the vendor wants the proof of another app_secret (${where})`)
  if (wrongRequest.has(both)) return new VendorRequestError(where)
  if (is_transient === true || temporary.has(code)) return new VendorUnavailableError(where)
  if (code === 100 && error_subcode === 33)
    return new MetaObjectMissingError(`there is no such object, or not for this token (${where})`)
  if (isPermission(code) || (code === 100 && /missing permissions?/i.test(message)))
    return new VendorConfigError(`the token lacks a permission for this ad account (${where})`)
  const trouble = configuration.get(code)
  if (trouble !== undefined) return new VendorConfigError(`${trouble} (${where})`)
  if (code === cursorExpired)
    return new MetaCursorExpiredError(`the vendor no longer takes its own cursor (${where})`)
  return answer.status >= 500 ? new VendorUnavailableError(where) : new VendorRequestError(where)
}

const isPermission = (code: number): boolean => code >= 200 && code <= 299

function limited(message: string, regain: number | undefined, bucket?: string): RateLimitedError {
  return new RateLimitedError(message, regain ?? openWait, {
    ...(bucket === undefined ? {} : { bucket }),
    isGuess: regain === undefined,
  })
}
