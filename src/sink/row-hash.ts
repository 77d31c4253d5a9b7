import { hash } from 'node:crypto'

/** Columns that a row's hash covers, as places in the row: those that make a change, and those that are kept up to date without being one. */
export interface HashedColumns {
  readonly steady: readonly number[]
  readonly volatile: readonly number[]
}

/** Bytes of a hash that speak of the steady columns; those behind them, if any, of the volatile ones. */
export const steadyBytes = 16

/**
 * A row's hash in hexadecimal: the first 16 bytes of SHA-256 over its steady fields, and where the stream has volatile
 * columns 8 bytes more over those. Fields are what `row-lines.ts` makes of values, so equal rows have equal hashes. Nulls
 * at the end do not count: a column that a definition adds at its end changes only the rows that have a value for it.
 */
export function rowHash({ steady, volatile }: HashedColumns, fields: readonly string[]): string {
  if (volatile.length === 0) return digest(fields.join('\t'))
  const of = (places: readonly number[]) => places.map((place) => fields[place]).join('\t')
  return digest(of(steady)) + digest(of(volatile)).slice(0, 16)
}

function digest(line: string): string {
  let end = line.length
  while (line.endsWith(nullAtEnd, end)) end -= nullAtEnd.length
  return hash('sha256', end === line.length ? line : line.slice(0, end)).slice(0, 2 * steadyBytes)
}

/** A tab and a null: a text that looks like one has its backslash doubled. */
const nullAtEnd = String.raw`	\N`
