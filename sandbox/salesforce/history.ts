import { days } from '../../src/lib/durations'
import { chanceOf, type Chance } from '../random'
import type { World } from '../vendor'
import { idOf } from './ids'
import type { BookObject } from './objects'
import type { BookSpec } from './specs'

/** One state of a row: what it says from `visibleAt` on, under the stamp of when the change began. Milliseconds. */
export interface Version {
  readonly stamp: number
  readonly visibleAt: number
  /** 0 when it is new, 1 after its change. */
  readonly phase: 0 | 1
  readonly isDeleted: boolean
  /** The row that it was merged into. */
  readonly mergedInto?: string
}

/** Rows that were made by one import share its instant: whole pages of them have equal stamps. */
const importSize = 4
/** Rows of the past change within this time after they were made; some do so when the epoch is over. */
const pastChangesWithin = days(20)

/** The generated rows of one object of a dealership, each computed from its index alone. */
export class History {
  readonly chance: Chance
  readonly #object: BookObject
  readonly #spec: BookSpec
  readonly #place: string
  readonly #epoch: number
  readonly #firstNumber: number

  constructor(
    object: BookObject,
    spec: BookSpec,
    {
      world,
      place,
      firstNumber,
    }: { world: Pick<World, 'seed' | 'epoch'>; place: string; firstNumber: number },
  ) {
    this.chance = chanceOf(`${world.seed} salesforce ${place} ${spec.externalId} ${object}`)
    this.#object = object
    this.#spec = spec
    this.#place = place
    this.#epoch = world.epoch.getTime()
    this.#firstNumber = firstNumber
  }

  get past(): number {
    return this.#spec.history[this.#object]
  }

  /** How many rows there may be by now. */
  count(now: number): number {
    const every = this.#spec.every[this.#object]
    const live = every > 0 && now > this.#epoch ? Math.floor((now - this.#epoch) / every) : 0
    return this.past + live
  }

  /** The rows that can have changed between two instants, give or take: years are not gone through for an hour's changes. */
  *candidates(now: number, from: number, to: number): Generator<number> {
    for (let index = 0; index < this.past; index += 1) {
      const bornAt = this.bornAt(index)
      if (bornAt < to && bornAt + pastChangesWithin >= from) yield index
    }
    const every = this.#spec.every[this.#object]
    if (every === 0) return
    const at = (instant: number): number => this.past + Math.floor((instant - this.#epoch) / every)
    const first = Math.max(this.past, at(from - this.#spec.changedWithin) - 2)
    const end = Math.min(this.count(now), at(to) + 2)
    for (let index = first; index < end; index += 1) yield index
  }

  id(index: number): string {
    return idOf(this.#object, this.#place, this.#firstNumber + index)
  }

  /** When the row was made, in whole seconds. */
  bornAt(index: number): number {
    const { past } = this
    const { span, every } = this.#spec
    if (index >= past) return wholeSecond(this.#epoch + (index - past + 1) * every[this.#object])
    const together = index - (index % importSize)
    return wholeSecond(
      this.#epoch - span + ((together + this.chance(together, 'time')) * span) / (past + importSize),
    )
  }

  /** What may be seen of the row at `now`; undefined where it is not there yet. */
  version(index: number, now: number): Version | undefined {
    let current: Version | undefined
    for (const version of this.#versions(index)) {
      if (version.visibleAt <= now) current = version
    }
    return current
  }

  *#versions(index: number): Generator<Version> {
    const born = this.bornAt(index)
    const within = index < this.past ? pastChangesWithin : this.#spec.changedWithin
    const first = this.#committed(index, 'made', born, 0)
    yield { ...first, phase: 0, isDeleted: false }
    let last = first
    if (this.chance(index, 'changes') < 0.35) {
      last = this.#committed(
        index,
        'changed',
        born + this.chance(index, 'changed at') * within * 0.5,
        last.visibleAt,
      )
      yield { ...last, phase: 1, isDeleted: false }
    }
    if (this.chance(index, 'is deleted') >= 0.05) return
    const at = born + (0.5 + this.chance(index, 'deleted at') * 0.5) * within
    yield {
      ...this.#committed(index, 'deleted', at, last.visibleAt),
      phase: last === first ? 0 : 1,
      isDeleted: true,
      ...(this.#canMerge && index > 0 && this.chance(index, 'is merged') < 0.5
        ? { mergedInto: this.id(index - 1) }
        : {}),
    }
  }

  get #canMerge(): boolean {
    return this.#object === 'Account' || this.#object === 'Lead'
  }

  /** Some changes are committed late: the stamp says when they began. */
  #committed(
    index: number,
    what: string,
    at: number,
    notBefore: number,
  ): { readonly stamp: number; readonly visibleAt: number } {
    const stamp = wholeSecond(at)
    const isLate = this.chance(index, `${what} late`) < 0.08
    const delay = isLate ? this.chance(index, `${what} late by`) * this.#spec.lateWithin : 0
    return { stamp, visibleAt: Math.max(stamp + delay, notBefore) }
  }
}

const wholeSecond = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000
