import { boolean, date, integer, json, nullable, numeric, text, type Column } from '../../src/job/columns'
import type { FeedRow, RowSource } from './feed-row'
import { amount, capitals, day, whole, words, yesNo } from './values'

/** One column of a destination table, and how its value is read from a row of the feed. */
export interface Field<T = unknown> {
  readonly column: Column<T>
  readonly read: (row: FeedRow, source: RowSource) => unknown
}

export type Fields = Readonly<Record<string, Field>>

/** The columns that a list of fields fills. */
export type ColumnsOf<F extends Fields> = { readonly [Name in keyof F]: F[Name]['column'] }

export const columnsOf = <F extends Fields>(fields: F): ColumnsOf<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, { column }]) => [name, column])) as ColumnsOf<F>

/** A kind of field by its column and reader; which headers it has, the first with a value counting, is told later. */
const kind =
  <T>(column: Column<T>, reader: (value: unknown) => unknown) =>
  (...headers: readonly [string, ...string[]]): Field<T> => ({
    column,
    read: (row) => reader(row.value(headers)),
  })

export const keyText = kind(text(), words)
export const keyCapitals = kind(text(), capitals)
export const someText = kind(nullable(text()), words)
export const someCapitals = kind(nullable(text()), capitals)
export const someAmount = kind(nullable(numeric()), amount)
export const someWhole = kind(nullable(integer()), whole)
export const someDay = kind(nullable(date()), day)
export const someYesNo = kind(nullable(boolean()), yesNo)

/** A field that is made from several values. */
export const made = <T>(column: Column<T>, read: Field['read']): Field<T> => ({ column, read })
export const madeList = (read: Field['read']): Field => made(json(), read)

/** What every feed begins with. A row of another rooftop has no id that fits, so the engine sets it aside. */
export const rooftopFields = {
  external_account_id: made(text(), (row, { rooftopId }) =>
    words(row.value(['DV Dealer ID'])) === rooftopId ? rooftopId : null,
  ),
  vendor_dealer_id: someText('Vendor Dealer ID'),
  dms_type: someText('DMS Type'),
}

export const vehicleFields = {
  year: someWhole('Year'),
  make: someText('Make'),
  model: someText('Model'),
}
