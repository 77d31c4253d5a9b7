import type { World } from './world'

/** One way to strike a fleet. One file each, listed in `registry.ts`. */
export interface Fault {
  /** For `--only` and the results. */
  readonly kind: string
  /** The option that says how often. Kinds that share one share its number. */
  readonly option: string
  /** What is done, for the table. */
  readonly title: string
  /** Until when the seconds count. */
  readonly recovery: string
  /** Seconds that the median should not pass. */
  readonly target?: number
  /** How often, unless the option says otherwise: for the report, and as a test. */
  readonly counts: { readonly long: number; readonly short: number }
  /** Seconds from one strike to the next, about; for the estimate. */
  readonly pace: number
  /** Milliseconds after which the next may strike although this one is not recovered from; absent, one at a time. */
  readonly overlap?: number
  /** What Redis is. Default one server with an append-only file. */
  readonly redis?: 'sentinels'
  readonly strike: (world: World) => Promise<Strike>
}

/** A fault that has struck. */
export interface Strike {
  /** Rejects with a `NotRecoveredError` when it takes too long. */
  readonly recovered: Promise<Recovered>
}

export interface Recovered {
  readonly seconds: number
  /** What else was measured or counted, by its name in the report. */
  readonly notes?: Readonly<Record<string, number>>
}

/** The fleet is not what it was before the fault, after a time in which it should be. */
export class NotRecoveredError extends Error {
  override name = 'NotRecoveredError'
}
