import type { Columns } from '../../src/job/columns'
import { VendorTimeoutError } from '../../src/job/errors'
import type { Page, UpsertHandle } from '../../src/job/streams'
import { days, minutes, seconds } from '../../src/lib/durations'
import type { SalesforceClient } from '../../src/vendors/salesforce/client'
import { QueryTimeoutError } from '../../src/vendors/salesforce/errors'
import type { FieldFilter } from '../../src/vendors/salesforce/soql'
import { cursorAfterChanges, cursorAfterSweep } from './cursors'
import type { RowsCursor, RowsPosition } from './definition'
import { isDeleted } from './to-record'

export interface ObjectReaderOptions {
  readonly client: SalesforceClient
  readonly stream: UpsertHandle<Columns, RowsCursor, RowsPosition>
  readonly object: string
  readonly fields: readonly string[]
  readonly filter: FieldFilter | undefined
  readonly toRecord: (row: unknown) => Record<string, unknown>
  /** The start of the sync, by the vendor's clock, to the second below. */
  readonly present: Date
  /** How far behind the cursor rows may still appear, in milliseconds. */
  readonly lookback: number
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

/** Everything that changed within these instants, the later one excluded. */
export interface Span {
  readonly from: Date
  readonly to: Date
}

const widestSlice = days(30)
/** Half of less is not worth asking for. */
const narrowestSlice = minutes(2)
const sweepEvery = days(7)

/** Reads one object of the org, slice by slice, oldest first. A slice that is written completely moves the cursor. */
export class ObjectReader {
  readonly #options: ObjectReaderOptions
  /** The first second that was not over when the sync began: nothing that matters lies behind it. */
  readonly #end: Date
  #cursor: RowsCursor | undefined
  #width = widestSlice

  constructor(options: ObjectReaderOptions) {
    this.#options = options
    this.#end = new Date(options.present.getTime() + seconds(1))
    this.#cursor = options.stream.cursor
  }

  /** What an earlier attempt left of a slice, then all that has changed since the cursor; without a cursor, everything. */
  async *changes(): AsyncGenerator<Page> {
    const { stream, lookback } = this.#options
    if (stream.position) yield* this.#rest(stream.position)
    const through = this.#cursor?.through
    // Rows that were committed late bear an earlier instant.
    const from = through ? new Date(Date.parse(through) - lookback) : await this.#firstChange()
    yield* this.#slices(from, (to) => stream.complete(this.#changedUpTo(to)))
  }

  /**
   * Once a week, everything: sums and formulas change without moving a row's stamp. Goes on with a sweep that an earlier
   * attempt began. To be called after `changes`.
   */
  async *sweep(): AsyncGenerator<Page> {
    const { stream, present, note, object } = this.#options
    const { swept, sweeping } = this.#cursor ?? {}
    const isDue = typeof swept === 'string' && Date.parse(swept) + sweepEvery <= present.getTime()
    if (!isDue && typeof sweeping !== 'string') return
    note(`${object}: everything is read again`)
    const from = typeof sweeping === 'string' ? new Date(sweeping) : await this.#firstChange()
    yield* this.#slices(from, (to) => stream.complete(this.#sweptUpTo(to)), true)
  }

  /** Only what changed within these instants, in place of anything else. */
  async *span({ from, to }: Span): AsyncGenerator<Page> {
    const { stream, present } = this.#options
    const end = to < this.#end ? to : this.#end
    const { position } = stream
    const conclude = (at: Date): Page =>
      at < end
        ? stream.page([], { position: this.#sliceFrom(at, end) })
        : // No cursor that is named here is kept.
          stream.complete({ through: present.toISOString(), swept: null, sweeping: null })
    let at = from
    if (position) {
      const slice = yield* this.#slice(position)
      yield conclude(slice.to)
      at = slice.to
    }
    yield* this.#slices(at, conclude, false, end)
  }

  /** The rest of a slice that an earlier attempt began. */
  async *#rest(position: RowsPosition): AsyncGenerator<Page> {
    const { to } = yield* this.#slice(position)
    yield this.#options.stream.complete(position.isSweep ? this.#sweptUpTo(to) : this.#changedUpTo(to))
  }

  /** All of it from an instant on, or nothing where there is none; `conclude` says what a complete slice means. */
  async *#slices(
    from: Date | undefined,
    conclude: (to: Date) => Page,
    isSweep = false,
    end = this.#end,
  ): AsyncGenerator<Page> {
    let at = from ?? end
    let isConcluded = false
    while (at < end) {
      const slice = yield* this.#slice(this.#sliceFrom(at, end, isSweep))
      // What was too much here may be little there.
      this.#width = Math.min(widestSlice, this.#width * 2)
      yield conclude(slice.to)
      isConcluded = slice.to >= end
      // A long quiet is crossed in one step.
      at = slice.count > 0 || isConcluded ? slice.to : ((await this.#firstChange(slice.to)) ?? end)
    }
    if (!isConcluded) yield conclude(end)
  }

  #sliceFrom(at: Date, end: Date, isSweep = false): RowsPosition {
    const to = new Date(Math.min(at.getTime() + this.#width, end.getTime()))
    return { from: at.toISOString(), to: to.toISOString(), after: null, isSweep }
  }

  /** One slice, narrowed where the vendor cannot do it in time. Returns where it ended and how many rows it had. */
  async *#slice(position: RowsPosition): AsyncGenerator<Page, { readonly to: Date; readonly count: number }> {
    const { client, object, fields, filter, present, signal, note } = this.#options
    const { from, isSweep } = position
    let { to, after } = position
    let count = 0
    for (;;) {
      const wanted = {
        object,
        fields,
        filter,
        from: new Date(from),
        to: new Date(to),
        after: after ?? undefined,
      }
      try {
        for await (const { rows, upTo } of client.rows(wanted, present, signal)) {
          after = upTo ?? null
          count += rows.length
          yield* this.#pages(rows, { from, to, after, isSweep })
        }
        if (count > 0) note(`${object}: ${count} rows that changed from ${from} to ${to}`)
        return { to: new Date(to), count }
      } catch (error) {
        if (!(error instanceof QueryTimeoutError)) throw error
        to = this.#halved(after?.stamp ?? from, to, error)
        note(`${object}: the query took the vendor too long and is asked for up to ${to} only`)
      }
    }
  }

  #halved(from: string, to: string, cause: QueryTimeoutError): string {
    const width = Date.parse(to) - Date.parse(from)
    if (width < narrowestSlice) {
      throw new VendorTimeoutError(`${this.#options.object}: even a narrow query takes the vendor too long`, {
        cause,
      })
    }
    this.#width = width / 2
    return new Date(Date.parse(from) + Math.floor(width / 2)).toISOString()
  }

  *#pages(rows: readonly unknown[], position: RowsPosition): Generator<Page> {
    const { stream, toRecord } = this.#options
    const records = (of: readonly unknown[]): never[] => of.map((row) => toRecord(row) as never)
    const deleted = rows.filter(isDeleted)
    const present = rows.filter((row) => !isDeleted(row))
    // Only the last page of the rows may say that all of them are written.
    if (present.length > 0) yield stream.page(records(present), deleted.length > 0 ? {} : { position })
    if (deleted.length > 0) yield stream.gone(records(deleted), { position })
  }

  async #firstChange(from?: Date): Promise<Date | undefined> {
    const { client, object, fields, filter, signal } = this.#options
    try {
      return await client.firstChange({ object, fields, filter, from }, signal)
    } catch (error) {
      if (!(error instanceof QueryTimeoutError)) throw error
    }
    try {
      // By the stamp alone, which is indexed; of the whole org, so it may only be too early.
      return await client.firstChange({ object, fields, from }, signal)
    } catch (cause) {
      if (!(cause instanceof QueryTimeoutError)) throw cause
      throw new VendorTimeoutError(`${object}: even the search for the first row takes the vendor too long`, {
        cause,
      })
    }
  }

  #changedUpTo(to: Date): RowsCursor {
    this.#cursor = cursorAfterChanges(this.#cursor, to, { present: this.#options.present, end: this.#end })
    return this.#cursor
  }

  #sweptUpTo(to: Date): RowsCursor {
    this.#cursor = cursorAfterSweep(this.#cursor, to, { present: this.#options.present, end: this.#end })
    return this.#cursor
  }
}
