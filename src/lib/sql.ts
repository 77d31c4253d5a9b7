/**
 * What a function needs to speak SQL: a pool or one transaction's connection.
 * Instants come back as `Date`, `date` columns and `bigint` as text.
 */
export interface Sql {
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
    how?: HowToQuery,
  ): Promise<{ rows: Row[]; rowCount: number }>
}

export interface HowToQuery {
  /** Names a statement of constant text that runs often: every connection parses and plans it once. */
  readonly prepared?: string
  /** Milliseconds after which the answer is not waited for any longer. What the statement did is unknown then. */
  readonly within?: number
}

/** One transaction, which can be sent rows in bulk as well. */
export interface Transaction extends Sql {
  /** Sends `rows`, in the text format of COPY, to a `copy … from stdin`. */
  copy(text: string, rows: Iterable<string>): Promise<void>
}

/** The first row of an answer that must have one. */
export function only<Row>(answer: { rows: Row[] }): Row {
  const [row] = answer.rows
  if (row === undefined) throw new Error('expected a row, got none')
  return row
}
