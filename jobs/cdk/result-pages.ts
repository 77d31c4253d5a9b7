/** Records that are written together. */
export interface ResultPage {
  readonly records: readonly unknown[]
  /** How many of the result are written with it. */
  readonly upTo: number
  /** The result ends with it. */
  readonly isLast: boolean
}

const pageSize = 500

/** The pages of a result, less the records that are written already. The last one comes even where it is empty. */
export async function* pagesOf(
  result: Iterable<unknown> | AsyncIterable<unknown>,
  written: number,
): AsyncGenerator<ResultPage, void, undefined> {
  let records: unknown[] = []
  let count = 0
  for await (const record of result) {
    count += 1
    if (count <= written) continue
    records.push(record)
    if (records.length < pageSize) continue
    yield { records, upTo: count, isLast: false }
    records = []
  }
  yield { records, upTo: count, isLast: true }
}
