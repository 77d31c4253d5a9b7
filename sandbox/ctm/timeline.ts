import { days } from '../../src/lib/durations'
import { chanceOf, type Chance } from '../random'
import type { World } from '../vendor'
import type { CtmAccountSpec } from './account-spec'

/** Within thirteen months, however short they are: a first load of thirteen months has all of it. */
const historyLength = days(390)

/** When one generated call began and when it may be seen, in milliseconds. */
export interface Moment {
  readonly index: number
  readonly id: number
  readonly at: number
  readonly visibleAt: number
}

/** The calls of one account in the order of time, each computed from its index alone. */
export class Timeline {
  readonly chance: Chance
  readonly #spec: CtmAccountSpec
  readonly #epoch: number

  constructor(spec: CtmAccountSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.chance = chanceOf(`${world.seed} ctm ${spec.id}`)
    this.#spec = spec
    this.#epoch = world.epoch.getTime()
  }

  moment(index: number): Moment {
    const at = this.#timeOf(index)
    const isLate = this.chance(index, 'is late') < 0.06
    const delay = isLate ? this.chance(index, 'late by') * this.#spec.lateWithin : 0
    return { index, id: this.#idOf(index), at, visibleAt: at + delay }
  }

  /** The first index whose call began then or later; the number of calls where there is none any more. */
  indexFrom(time: number): number {
    let index = Math.max(0, this.#estimate(time) - 2)
    while (index < this.#end && this.#timeOf(index) < time) index += 1
    return index
  }

  /** The number of calls that may be seen at `now` and began from `from` on and before `to`. */
  count(from: number, to: number, now: number): number {
    const first = this.indexFrom(from)
    const end = this.indexFrom(Math.min(to, now + 1))
    let hidden = 0
    for (let index = end - 1; index >= first; index -= 1) {
      const { at, visibleAt } = this.moment(index)
      if (at <= now - this.#spec.lateWithin) break
      if (visibleAt > now) hidden += 1
    }
    return Math.max(0, end - first) - hidden
  }

  /** Beyond what 32 bits hold, as the vendor's own ids are; no two accounts share one. */
  #idOf(index: number): number {
    return 2_900_000_000 + this.#spec.id * 100_000_000 + index * 3
  }

  get #end(): number {
    return this.#spec.every > 0 ? Number.POSITIVE_INFINITY : this.#spec.history
  }

  /** In whole seconds, as the vendor counts. Never earlier than the call before. */
  #timeOf(index: number): number {
    const { history, every } = this.#spec
    const within = index + this.chance(index, 'time') * 0.9
    const at =
      index < history
        ? this.#epoch - historyLength + (within * historyLength) / history
        : this.#epoch + (within - history) * every
    return Math.floor(at / 1000) * 1000
  }

  #estimate(time: number): number {
    const { history, every } = this.#spec
    if (time < this.#epoch) {
      const past = (time - this.#epoch + historyLength) / historyLength
      return Math.floor(Math.min(1, Math.max(0, past)) * history)
    }
    return every > 0 ? history + Math.floor((time - this.#epoch) / every) : history
  }
}
