import type { World } from '../vendor'
import type { CtmAccountSpec } from './account-spec'
import { rawCallOf, type RawCall } from './raw-call'
import { Timeline, type Moment } from './timeline'

/** A place in the order of time: what comes before it has been listed. */
export interface Place {
  readonly at: number
  readonly id: number
}

/** Instants in milliseconds; `to` is the first one beyond. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One simulated account: generated calls, and those that a test has put in or changed. */
export class CtmAccount {
  readonly spec: CtmAccountSpec
  readonly #timeline: Timeline
  readonly #added = new Map<number, Moment & { readonly fields: RawCall }>()
  readonly #edits = new Map<number, RawCall>()
  readonly #vanished = new Set<number>()

  constructor(spec: CtmAccountSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.spec = spec
    this.#timeline = new Timeline(spec, world)
  }

  /** Puts in one call. It looks like a generated one but for `fields`, and may be seen at once. */
  add(unixTime: number, fields: RawCall = {}): number {
    const index = this.#added.size
    // Odd, where generated ids are even or far below.
    const id =
      typeof fields['id'] === 'number' ? fields['id'] : 9_000_000_001 + this.spec.id * 1_000_000 + index
    this.#added.set(id, { index, id, at: unixTime * 1000, visibleAt: 0, fields })
    return id
  }

  /** Changes fields of a call for good. */
  edit(id: number, fields: RawCall): void {
    this.#edits.set(id, { ...this.#edits.get(id), ...fields })
  }

  /** Lists a call no more, without a word, as the vendor does. */
  vanish(id: number): void {
    this.#vanished.add(id)
  }

  /** The calls that may be seen, latest first. Lazy: a reader that stops early costs nothing. */
  *calls({ from, to }: Span, now: number, after?: Place): Generator<RawCall> {
    for (const moment of this.#moments({ from, to }, now, after)) {
      if (!this.#vanished.has(moment.id)) yield this.#rawOf(moment, now)
    }
  }

  count({ from, to }: Span, now: number): number {
    const added = [...this.#added.values()].filter(({ at }) => at >= from && at < to).length
    return this.#timeline.count(from, to, now) + added - this.#vanished.size
  }

  /** Everything that a faithful copy has: vanished calls stay in it. */
  *everything(now: number): Generator<RawCall> {
    const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
    for (const moment of this.#moments(all, now)) yield this.#rawOf(moment, now)
  }

  #rawOf(moment: Moment, now: number): RawCall {
    const edited = this.#edits.get(moment.id)
    const added = this.#added.get(moment.id)?.fields
    return { ...rawCallOf(this.spec, this.#timeline, moment, now), ...added, ...edited }
  }

  *#moments(span: Span, now: number, after?: Place): Generator<Moment> {
    const added = [...this.#added.values()]
      .filter(({ at }) => at >= span.from && at < span.to)
      .filter((moment) => !after || isBefore(moment, after))
      .toSorted((a, b) => (isBefore(a, b) ? 1 : -1))
    for (const moment of this.#generated(span, now, after)) {
      while (added[0] && isBefore(moment, added[0])) yield added.shift() as Moment
      yield moment
    }
    yield* added
  }

  *#generated({ from, to }: Span, now: number, after?: Place): Generator<Moment> {
    const first = this.#timeline.indexFrom(from)
    const end = this.#timeline.indexFrom(
      Math.min(to, now + 1, after ? after.at + 1 : Number.POSITIVE_INFINITY),
    )
    for (let index = end - 1; index >= first; index -= 1) {
      const moment = this.#timeline.moment(index)
      if (moment.visibleAt <= now && (!after || isBefore(moment, after))) yield moment
    }
  }
}

const isBefore = (a: Place, b: Place): boolean => a.at < b.at || (a.at === b.at && a.id < b.id)
