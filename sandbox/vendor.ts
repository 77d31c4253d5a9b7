import type { IncomingHttpHeaders } from 'node:http'
import type { SandboxClock } from './clock'
import type { RateLimits } from './rate-meter'

/** What every simulated vendor stands in. The same seed and epoch make the same world, whenever it is started. */
export interface World {
  readonly seed: string
  /** History ends here and life begins: what lies before is there from the start, the rest comes with the clock. */
  readonly epoch: Date
  readonly clock: SandboxClock
}

export interface VendorRequest {
  readonly method: string
  /** Below the vendor's base path, decoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** What the vendor is to do wrong this time, by a name of its own. */
  readonly quirk?: string
}

export interface VendorAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; text as it is. */
  readonly body: unknown
  /** Sent instead of a body, one a line: for more than fits in memory. */
  readonly lines?: Iterable<string>
}

/** One outside API. To add one: a folder with a class of this shape, and a line in `vendors.ts`. */
export interface SimulatedVendor {
  readonly name: string
  /** The path that stands for the vendor's base URL, e.g. `/ctm/api/v1`. */
  readonly basePath: string
  readonly limits: RateLimits
  /** What this vendor counts requests by; undefined where it cannot tell who asks. */
  rateKeyOf(request: VendorRequest): string | undefined
  /** The answer to a request beyond the limits. */
  readonly refusal: VendorAnswer
  answer(request: VendorRequest): VendorAnswer
  /** Commands of tests and demonstrations under `/control/<name>`; undefined where there is no such command. */
  control(request: VendorRequest): VendorAnswer | undefined
}
