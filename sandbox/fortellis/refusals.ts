import type { VendorAnswer } from '../vendor'

const statuses: Readonly<Record<string, number>> = {
  'TOKEN-EXPIRED': 401,
  'INVALID-TOKEN': 401,
  'MISSING-AUTHORIZATION': 401,
  'TOKEN-ISSUER-MISMATCH': 401,
  'TOKEN-AUDIENCE-MISMATCH': 401,
  'UNAUTHORIZED-API-ACCESS': 403,
  'API-DOES-NOT-EXIST': 404,
  'MISSING-SUBSCRIPTION-ID': 400,
  'SUBSCRIPTION-MISMATCH': 403,
  'API-SUBSCRIPTION-INACTIVE': 403,
  'SUBSCRIBER-CONFIGURATION-PENDING': 403,
  'API-CONFIGURATION-ERROR': 500,
  'QUOTA-EXCEEDED': 429,
  'ROUTING-ERROR': 500,
  'PROCESSING-ERROR': 500,
  'TARGET-SYSTEM-UNREACHABLE': 503,
  'TARGET-SYSTEM-TIMED-OUT': 504,
  'TARGET-RESPONSE': 400,
  'PAYLOAD-TOO-BIG': 413,
}

/** The platform's error codes. Each is a quirk, too. */
export const refusalCodes = Object.keys(statuses)

/** A refusal by its code. Some APIs give the code, others only mention it. */
export function refused(code: string, requestId: string | undefined): VendorAnswer {
  const message = `${code}: the request was refused`
  const isPlain = code.startsWith('TARGET')
  return { status: statuses[code] ?? 500, body: { ...(isPlain ? {} : { code }), message, requestId } }
}

/** A refusal of the API behind the platform. */
export const plain = (status: number, message: string): VendorAnswer => ({ status, body: { message } })
