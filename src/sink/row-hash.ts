import { hash } from 'node:crypto'
import type { Row } from './target'

/**
 * The first 16 bytes of SHA-256 over a row's values in the order of `columns`, as a bytea literal. Equal rows have
 * equal hashes whatever the order of their fields. Nulls at the end do not count, so a column that a definition adds
 * at its end changes only the rows that have a value for it.
 */
export function rowHash(columns: readonly { readonly name: string }[], row: Row): string {
  const values = columns.map(({ name }) => row[name])
  while (values.length > 0 && values.at(-1) === null) values.pop()
  return String.raw`\x` + hash('sha256', JSON.stringify(values)).slice(0, 32)
}
