/** Rows that one statement carries: more is hardly faster, and holds more memory. */
const batchSize = 500

/** Rows by as many as one statement carries. */
export function* batchesOf<T>(rows: readonly T[]): Generator<readonly T[], undefined> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize)
}
