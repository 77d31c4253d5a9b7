import type { RecordOf } from '../../src/job/columns'
import type { ColumnsOf, Fields } from './fields'
import { FeedRow, type RowSource } from './feed-row'

/**
 * A row as it is stored, from one as it came. What is kept is named field by field, so nothing new from the vendor slips
 * in. Never throws: a value that cannot be right is handed on, and the engine sets the record aside with the reason.
 */
export function toRecord<F extends Fields>(
  fields: F,
  raw: unknown,
  source: RowSource,
): RecordOf<ColumnsOf<F>> {
  const row = new FeedRow(raw)
  const record = Object.fromEntries(
    Object.entries(fields).map(([name, { read }]) => [name, read(row, source)]),
  )
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return record as unknown as RecordOf<ColumnsOf<F>>
}
