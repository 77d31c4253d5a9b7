import { fieldsOf } from '../../lib/read-fields'
import { seconds } from '../../lib/durations'

/** What Google Ads says went wrong. */
export interface GoogleFault {
  /** The family of the error, e.g. `quotaError`; empty where Google gives no details. */
  readonly family: string
  /** The error within its family, e.g. `RESOURCE_EXHAUSTED`; empty likewise. */
  readonly code: string
  /** For messages; empty where there is none. */
  readonly requestId: string
  /** Whom a quota concerns. */
  readonly scope: 'ACCOUNT' | 'DEVELOPER' | undefined
  /** Milliseconds that Google asks us to wait. */
  readonly retryDelay: number | undefined
}

/**
 * The fault that an answer or an element of one tells of: bare, or in a list of one; undefined where it is no error.
 * Only what looks like a name of Google's own is taken, so nothing of it can hold a secret or a person.
 */
export function faultOf(json: unknown): GoogleFault | undefined {
  const body: unknown = Array.isArray(json) ? json[0] : json
  const error = fieldsOf(fieldsOf(body)['error'])
  if (Object.keys(error).length === 0) return undefined
  const details = listOf(error['details']).map(fieldsOf)
  const failure = details.find(({ '@type': type }) => String(type).endsWith('GoogleAdsFailure')) ?? {}
  const [first] = listOf(failure['errors']).map(fieldsOf)
  const [[family, code] = ['', '']] = Object.entries(fieldsOf(first?.['errorCode']))
  const quota = fieldsOf(fieldsOf(first?.['details'])['quotaErrorDetails'])
  const scope = quota['rateScope']
  return {
    family: nameOf(family),
    code: nameOf(code),
    requestId: nameOf(failure['requestId']),
    scope: scope === 'ACCOUNT' || scope === 'DEVELOPER' ? scope : undefined,
    retryDelay: durationOf(quota['retryDelay']),
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

const nameOf = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{1,80}$/.test(value) ? value : ''

/** `900s` or `1.5s`, in milliseconds. */
function durationOf(value: unknown): number | undefined {
  const [, count] = typeof value === 'string' ? (/^(\d{1,7}(?:\.\d+)?)s$/.exec(value) ?? []) : []
  return count === undefined ? undefined : seconds(Number(count))
}
