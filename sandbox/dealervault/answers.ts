import type { VendorAnswer } from '../vendor'

/** What is done wrong with a page: once by a fault, or for good. */
export interface Quirks {
  readonly quirk: string | undefined
  /** The first row comes twice. */
  readonly doubles: boolean
  /** The first page is empty, and the rows come after it. */
  readonly pauses: boolean
}

/** An answer in the manner of Azure's API gateway. */
export const gateway = (
  status: number,
  message: string,
  headers: Record<string, string> = {},
): VendorAnswer => ({
  status,
  headers,
  body: { statusCode: status, message },
})

export const tooMany = (seconds: number): VendorAnswer =>
  gateway(429, `Rate limit is exceeded. Try again in ${seconds} seconds.`, { 'retry-after': String(seconds) })

export const notGranted = gateway(403, 'Access to this resource is denied.')
