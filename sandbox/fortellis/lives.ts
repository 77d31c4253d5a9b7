import { days } from '../../src/lib/durations'
import { chanceOf, type Chance } from '../random'
import type { World } from '../vendor'
import type { FortellisAccountSpec, Kind } from './account-spec'

/** Within thirteen months, however short they are: a first load of thirteen months has all of it. */
const historyLength = days(390)

/** What may happen to a record after it was made, and how often: each event follows the one before it. */
const events: Readonly<Record<Kind, readonly number[]>> = {
  // Booked, finalized, booked again.
  sales: [1, 1, 0.2],
  // Worked on, closed, voided.
  repair_orders: [1, 1, 0.1],
  // Moved, not kept.
  appointments: [0.4, 0.15],
  // Moved house, asked to be forgotten.
  customers: [0.3, 0.05],
}

/** One record's life. */
export interface Life {
  readonly index: number
  /** When each event happens, in milliseconds; undefined for one that does not. The first is when the record is made. */
  readonly at: readonly (number | undefined)[]
}

/** The lives of one kind of record in one department, in the order in which they begin. */
export class Lives {
  readonly chance: Chance
  readonly #kind: Kind
  readonly #spec: FortellisAccountSpec
  readonly #epoch: number

  constructor(
    kind: Kind,
    department: string,
    spec: FortellisAccountSpec,
    world: Pick<World, 'seed' | 'epoch'>,
  ) {
    this.chance = chanceOf(`${world.seed} fortellis ${spec.subscription_id} ${department} ${kind}`)
    this.#kind = kind
    this.#spec = spec
    this.#epoch = world.epoch.getTime()
  }

  /** Those that have begun by then. */
  *until(now: number): Generator<Life> {
    for (let index = 0; ; index += 1) {
      const begins = this.#beginOf(index)
      if (begins === undefined || begins > now) return
      yield { index, at: this.#eventsOf(index, begins) }
    }
  }

  /** How many have begun by then. */
  countAt(now: number): number {
    const { history, every } = this.#spec
    if (now < this.#epoch || every === 0) return history
    return history + Math.floor((now - this.#epoch) / every)
  }

  #eventsOf(index: number, begins: number): (number | undefined)[] {
    let last = begins
    const later = events[this.#kind].map((share, event) => {
      if (this.chance(index, `has event ${event}`) >= share) return undefined
      last += Math.ceil((this.#spec.step * (0.5 + this.chance(index, `event ${event}`))) / 1000) * 1000
      return last
    })
    return [begins, ...later]
  }

  /** In whole seconds. Never earlier than the one before. */
  #beginOf(index: number): number | undefined {
    const { history, every } = this.#spec
    const within = index + this.chance(index, 'time') * 0.9
    if (index >= history && every === 0) return undefined
    const at =
      index < history
        ? this.#epoch - historyLength + (within * historyLength) / history
        : this.#epoch + (within - history) * every
    return Math.floor(at / 1000) * 1000
  }
}
