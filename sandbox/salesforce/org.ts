import { days, hours } from '../../src/lib/durations'
import type { VendorAnswer, World } from '../vendor'
import { Book, type Row } from './book'
import { idOf } from './ids'
import { objects, type BookObject, type ObjectName } from './objects'
import type { OrgSpec } from './specs'

/** What is left of a query that has more pages. */
export interface OpenResult {
  readonly rows: readonly Row[]
  readonly object: ObjectName
  readonly fields: readonly string[]
  readonly openedAt: number
}

/** One org: its dealerships' books, its pool of requests, its results that are still open. */
export class Org {
  readonly spec: OrgSpec
  readonly id: string
  readonly books: readonly Book[]
  /** A query over a wider span of stamps times out, in milliseconds. */
  longestSpan = Number.POSITIVE_INFINITY
  /** By whoever else uses the org's API. */
  usedByOthers: number
  readonly #hidden = new Set<string>()
  readonly #results = new Map<string, OpenResult>()
  /** Our requests by the hour since 1970. */
  readonly #requests = new Map<number, number>()
  #opened = 0

  constructor(spec: OrgSpec, world: World, number: number) {
    this.spec = spec
    this.id = idOf('Organization', spec.place, number)
    this.books = spec.books.map((book, index) => new Book(book, world, spec.place, index))
    this.usedByOthers = spec.used
  }

  /** Rows of an object, of every dealership: at least all that changed from the one instant on and before the other. */
  *rows(
    object: ObjectName,
    now: number,
    bounds: { readonly from: number; readonly to: number },
  ): Generator<Row> {
    if (object === 'Organization') yield this.#itself()
    else for (const book of this.books) yield* book.rows(object, now, bounds)
  }

  /** Hides a field, or an object where no field is named, from the integration user. */
  hide(object: ObjectName, field = '*'): void {
    this.#hidden.add(`${object}.${field}`)
  }

  show(object: ObjectName, field = '*'): void {
    this.#hidden.delete(`${object}.${field}`)
  }

  isHidden(object: ObjectName, field = '*'): boolean {
    return this.#hidden.has(`${object}.${field}`)
  }

  /** Counts a request; false where the pool is spent. */
  spend(now: number): boolean {
    const { used, pool } = this.usage(now)
    if (used >= pool) return false
    const hour = Math.floor(now / hours(1))
    this.#requests.set(hour, (this.#requests.get(hour) ?? 0) + 1)
    return true
  }

  /** The pool over the last day, as every answer tells it. */
  usage(now: number): { readonly used: number; readonly pool: number } {
    let used = this.usedByOthers
    for (const [hour, count] of this.#requests) {
      if (hour * hours(1) > now - days(1)) used += count
      else this.#requests.delete(hour)
    }
    return { used, pool: this.spec.pool }
  }

  /** Keeps the rest of a result and returns the name under which it is asked for. */
  keep(result: OpenResult): string {
    this.#opened += 1
    const name = `0r8${this.spec.place}${this.#opened.toString(36).padStart(8, '0')}AAA`
    this.#results.set(name, result)
    // As many as a user may have open at once, several times over.
    const [oldest] = this.#results.keys()
    if (this.#results.size > 100 && oldest !== undefined) this.#results.delete(oldest)
    return name
  }

  result(name: string, now: number): OpenResult | undefined {
    const found = this.#results.get(name)
    return found && now - found.openedAt < days(2) ? found : undefined
  }

  bookOf(externalId: string): Book | undefined {
    return this.books.find(({ spec }) => spec.externalId === externalId)
  }

  #itself(): Row {
    const fields = { Id: this.id, Name: this.spec.name, TimeZoneSidKey: this.spec.timezone }
    const row: Row = {
      id: this.id,
      stamp: 0,
      isDeleted: false,
      dealerId: '',
      isMalformed: false,
      fields: () => fields,
      at: () => row,
    }
    return row
  }
}

export const isBookObject = (name: string): name is BookObject => name !== 'Organization' && name in objects

/** What every answer to a request for data carries. */
export const usageHeader = (org: Org, now: number): VendorAnswer['headers'] => {
  const { used, pool } = org.usage(now)
  return { 'sforce-limit-info': `api-usage=${used}/${pool}; per-app-api-usage=1/250(appName=syncfleet)` }
}
