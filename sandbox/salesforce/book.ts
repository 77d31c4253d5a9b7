import type { World } from '../vendor'
import { History } from './history'
import { idOf } from './ids'
import { bookObjects, type BookObject } from './objects'
import { instantText, rawRowOf, type RawRow } from './raw-row'
import type { BookSpec } from './specs'

/** A row as it may be seen. What picks rows is at hand; the rest is made when it is asked for. */
export interface Row {
  readonly id: string
  /** Milliseconds. */
  readonly stamp: number
  readonly isDeleted: boolean
  readonly dealerId: string
  /** Put in by a test as one that no table can hold. */
  readonly isMalformed: boolean
  fields(): RawRow
  /** The same row as it is at another time; undefined where it is gone for good. */
  at(now: number): Row | undefined
}

interface Override {
  fields: RawRow
  stamp: number
  isDeleted: boolean | undefined
}

const everAfter = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const

/** Numbers of rows that a test puts in begin here, behind all generated ones. */
const firstAdded = 30_000_000

/** The rows of one dealership: generated ones, and those that a test has put in or changed. */
export class Book {
  readonly spec: BookSpec
  readonly #place: string
  readonly #histories: ReadonlyMap<BookObject, History>
  readonly #added = new Map<
    BookObject,
    { id: string; fields: RawRow; stamp: number; isMalformed: boolean }[]
  >()
  readonly #overrides = new Map<string, Override>()
  readonly #purged = new Set<string>()
  readonly #bookNumber: number

  constructor(spec: BookSpec, world: Pick<World, 'seed' | 'epoch'>, place: string, bookNumber: number) {
    this.spec = spec
    this.#place = place
    this.#bookNumber = bookNumber
    const firstNumber = bookNumber * 50_000_000
    this.#histories = new Map(
      bookObjects.map((object) => [object, new History(object, spec, { world, place, firstNumber })]),
    )
  }

  /** Puts in one row, changed last at `stamp`; it is seen at once, as one that was committed late is. Returns its id. */
  add(object: BookObject, stamp: number, fields: RawRow = {}, isMalformed = false): string {
    const added = this.#added.get(object) ?? []
    this.#added.set(object, added)
    const id = idOf(object, this.#place, this.#bookNumber * 50_000_000 + firstAdded + added.length)
    added.push({ id, fields, stamp, isMalformed })
    return id
  }

  /** Changes a row for good. Without a `stamp` its stamp stays, as where a sum or a formula changes. */
  change(
    id: string,
    fields: RawRow,
    { stamp, isDeleted }: { stamp?: number; isDeleted?: boolean } = {},
  ): void {
    const before = this.#overrides.get(id)
    this.#overrides.set(id, {
      fields: { ...before?.fields, ...fields },
      stamp: stamp ?? before?.stamp ?? Number.NEGATIVE_INFINITY,
      isDeleted: isDeleted ?? before?.isDeleted,
    })
  }

  /** Empties the recycle bin: what is deleted by now is never seen again. */
  purge(now: number): void {
    for (const object of bookObjects) {
      for (const row of this.rows(object, now)) if (row.isDeleted) this.#purged.add(row.id)
    }
  }

  /**
   * The rows that may be seen, in no order; some that changed before `from`, or at `to` or later, may be left out. With those
   * of an emptied recycle bin where that is asked for.
   */
  *rows(
    object: BookObject,
    now: number,
    { withPurged = false, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = {},
  ): Generator<Row> {
    const history = this.#history(object)
    // What a test has changed may have changed at any time.
    const bounds = this.#overrides.size > 0 ? everAfter : ([from, to] as const)
    for (const index of history.candidates(now, ...bounds)) {
      const row = this.#generated(object, index, now)
      if (row && (withPurged || !this.#purged.has(row.id))) yield row
    }
    for (const [index] of (this.#added.get(object) ?? []).entries()) {
      const row = this.#put(object, index)
      if (withPurged || !this.#purged.has(row.id)) yield row
    }
  }

  #generated(object: BookObject, index: number, now: number): Row | undefined {
    const history = this.#history(object)
    const version = history.version(index, now)
    if (!version) return undefined
    const id = history.id(index)
    const bornAt = history.bornAt(index)
    const some = (of: BookObject, purpose: string): string | null => {
      const { past } = this.#history(of)
      return past === 0 ? null : this.#history(of).id(Math.floor(history.chance(index, purpose) * past))
    }
    const make = (): RawRow =>
      rawRowOf({
        object,
        id,
        index,
        bornAt,
        version,
        dealerId: this.spec.dealerId,
        place: this.#place,
        chance: (purpose) => history.chance(index, purpose),
        some,
      })
    return this.#overridden(
      { id, stamp: version.stamp, isDeleted: version.isDeleted, isMalformed: false },
      make,
      (later) => this.#generated(object, index, later),
    )
  }

  #put(object: BookObject, index: number): Row {
    const added = this.#added.get(object)?.[index]
    if (!added) throw new Error(`no such row of ${object}`)
    const { id, stamp, fields, isMalformed } = added
    const version = { stamp, visibleAt: stamp, phase: 0, isDeleted: false } as const
    const make = (): RawRow => ({
      ...rawRowOf({
        object,
        id,
        index,
        bornAt: stamp,
        version,
        dealerId: this.spec.dealerId,
        place: this.#place,
        chance: () => 0.5,
        some: () => null,
      }),
      ...fields,
    })
    return this.#overridden({ id, stamp, isDeleted: false, isMalformed }, make, () =>
      this.#put(object, index),
    )
  }

  #overridden(
    row: Pick<Row, 'id' | 'stamp' | 'isDeleted' | 'isMalformed'>,
    make: () => RawRow,
    at: (now: number) => Row | undefined,
  ): Row {
    const override = this.#overrides.get(row.id)
    const stamp = Math.max(row.stamp, override?.stamp ?? row.stamp)
    const isDeleted = override?.isDeleted ?? row.isDeleted
    const stamped = override && stamp > row.stamp ? { SystemModstamp: instantText(stamp) } : {}
    return {
      ...row,
      stamp,
      isDeleted,
      dealerId: this.spec.dealerId,
      fields: () => ({ ...make(), ...stamped, ...override?.fields, IsDeleted: isDeleted }),
      at: (now) => (this.#purged.has(row.id) ? undefined : at(now)),
    }
  }

  #history(object: BookObject): History {
    const history = this.#histories.get(object)
    if (!history) throw new Error(`no such object: ${object}`)
    return history
  }
}
