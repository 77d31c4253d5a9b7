import {
  NotReadyError,
  QuotaError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorUnavailableError,
  type SyncError,
} from '../../job/errors'
import type { VendorAnswer } from '../../job/http'
import { hours } from '../../lib/durations'

/** The window holds more than the vendor hands over at once. The sync asks for less. */
export class WindowTooBigError extends VendorRequestError {
  override name = 'WindowTooBigError'
}

/** The vendor does not know the operation, or has thrown its result away. The sync starts it again. */
export class OperationLostError extends VendorRequestError {
  override name = 'OperationLostError'
}

type Meaning = 'app' | 'client' | 'vendor-setup' | 'quota' | 'trouble' | 'by status' | 'too big'

/** The platform's own error codes. */
const meanings: Readonly<Record<string, Meaning>> = {
  'TOKEN-EXPIRED': 'app',
  'INVALID-TOKEN': 'app',
  'MISSING-AUTHORIZATION': 'app',
  'TOKEN-ISSUER-MISMATCH': 'app',
  'TOKEN-AUDIENCE-MISMATCH': 'app',
  'UNAUTHORIZED-API-ACCESS': 'app',
  'API-DOES-NOT-EXIST': 'app',
  'MISSING-SUBSCRIPTION-ID': 'client',
  'SUBSCRIPTION-MISMATCH': 'client',
  'API-SUBSCRIPTION-INACTIVE': 'client',
  'SUBSCRIBER-CONFIGURATION-PENDING': 'client',
  'API-CONFIGURATION-ERROR': 'vendor-setup',
  'QUOTA-EXCEEDED': 'quota',
  'ROUTING-ERROR': 'trouble',
  'PROCESSING-ERROR': 'trouble',
  'TARGET-SYSTEM-UNREACHABLE': 'trouble',
  'TARGET-SYSTEM-TIMED-OUT': 'trouble',
  'TARGET-RESPONSE': 'by status',
  'PAYLOAD-TOO-BIG': 'too big',
}

/** What a refusal means by its code; undefined where the status says it all. `untilReset` is how long a quota lasts, in milliseconds. */
export function meaningOf(answer: VendorAnswer, untilReset: number): SyncError | undefined {
  const { status, request } = answer
  if (status < 400) return undefined
  const code = codeOf(answer.json)
  const what = `${request}: status ${status}${code ? `, ${code}` : ''}`
  switch (code === undefined ? undefined : meanings[code]) {
    case 'app':
      return new VendorAuthError(`Fortellis refuses our app (${what})`)
    case 'client':
      return new VendorConfigError(`the subscription is not one that our app may use now (${what})`)
    case 'vendor-setup':
      return new NotReadyError(`Fortellis has set up this API wrongly (${what})`, hours(2))
    case 'quota':
      return new QuotaError(`the subscription’s quota is used up (${what})`, untilReset)
    case 'trouble':
      return new VendorUnavailableError(what)
    case 'too big':
      return new WindowTooBigError(`the window holds too much (${what})`)
    case 'by status':
    case undefined:
      return status === 413 ? new WindowTooBigError(`the window holds too much (${what})`) : undefined
  }
}

/** What a refused request for a token means: it concerns every account of the app. */
export function meaningForToken({ status, request }: VendorAnswer): SyncError | undefined {
  if (status !== 400 && status !== 401 && status !== 403) return undefined
  return new VendorAuthError(`Fortellis refuses the app’s key or secret (${request}: status ${status})`)
}

/** APIs word their refusals differently: a code of its own, or one somewhere inside the message. Only known codes count. */
function codeOf(json: unknown): string | undefined {
  const { code, message } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (typeof code === 'string' && Object.hasOwn(meanings, code)) return code
  if (typeof message !== 'string') return undefined
  return message.match(/[A-Z]+(?:-[A-Z]+)+/g)?.find((word) => Object.hasOwn(meanings, word))
}
