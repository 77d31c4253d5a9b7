import { hashColumn, type PageStatements } from './page-statements'
import { listOf, listsOf } from './column-lists'
import { rowHash } from './row-hash'
import { fieldOf } from './row-lines'
import type { Row } from './target'

/** A row with what is made of it on its way to Postgres. */
export interface PreparedRow {
  readonly row: Row
  /** Its columns as COPY takes them, without an end of line. */
  readonly line: string
  /** In hexadecimal. */
  readonly hash: string
}

/** Rows that passed `checkRecords`. */
export function prepareRows({ columns, hashed }: PageStatements, rows: readonly Row[]): PreparedRow[] {
  return rows.map((row) => {
    const fields = columns.map(({ name, sqlType }) => fieldOf(sqlType, row[name]))
    return { row, line: fields.join('\t'), hash: rowHash(hashed, fields) }
  })
}

/** The parameters that carry these columns of rows, and their hashes. */
export const listsWithHash = (columns: PageStatements['columns'], rows: readonly PreparedRow[]): string[] => [
  ...listsOf(
    columns,
    rows.map(({ row }) => row),
  ),
  listOf(
    hashColumn.sqlType,
    rows.map(({ hash }) => String.raw`\x${hash}`),
  ),
]
