import type { Database } from '../ledger/postgres/database'
import { seconds } from '../lib/durations'
import { Loop } from '../lib/loop'
import { clockDistance, clockTolerance } from './clock-distance'

/** From the end of one look to the start of the next. */
const lookEvery = seconds(2)

export interface ClockWatchOptions {
  readonly database: Database
  /** Hears, once each time, that the clock is off (milliseconds ahead of Postgres') and that it is right again. */
  readonly off: (distance: number) => Promise<void>
  readonly right: () => Promise<void>
  readonly failed: (error: unknown) => void
}

/** Tells a process when its clock is too far from Postgres': what it takes for due then may not be. */
export class ClockWatch implements AsyncDisposable {
  readonly #options: ClockWatchOptions
  readonly #looks: Loop
  #isOff = false

  constructor(options: ClockWatchOptions) {
    this.#options = options
    this.#looks = new Loop({ interval: lookEvery, step: () => this.#look(), failed: options.failed })
  }

  start(): void {
    this.#looks.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looks[Symbol.asyncDispose]()
  }

  async #look(): Promise<void> {
    const distance = await clockDistance(this.#options.database)
    if (distance === undefined) return
    const isOff = Math.abs(distance) > clockTolerance
    if (isOff === this.#isOff) return
    await (isOff ? this.#options.off(distance) : this.#options.right())
    this.#isOff = isOff
  }
}
