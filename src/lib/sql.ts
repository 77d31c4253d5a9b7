/**
 * What a function needs to speak SQL: a pool or one transaction's connection.
 * Instants come back as `Date`, `date` columns and `bigint` as text.
 */
export interface Sql {
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number }>
}

/** The first row of an answer that must have one. */
export function only<Row>(answer: { rows: Row[] }): Row {
  const [row] = answer.rows
  if (row === undefined) throw new Error('expected a row, got none')
  return row
}
