import { VendorConfigError } from '../../src/job/errors'
import { FeedRow, type RowSource } from './feed-row'
import type { Feed } from './feeds'
import { toRecord } from './to-record'

/**
 * The records of a page. A feed without its key column was set up as something else, which throws; a row without its key
 * is one bad row, and left to the engine.
 */
export function recordsOf(
  { fileType, fields, key }: Feed,
  rows: readonly unknown[],
  source: RowSource,
): Readonly<Record<string, unknown>>[] {
  if (rows.length > 0 && !rows.some((row) => new FeedRow(row).has(key))) {
    throw new VendorConfigError(`the feed ${fileType} has no column "${key}"`)
  }
  return rows.map((row) => toRecord(fields, row, source))
}
