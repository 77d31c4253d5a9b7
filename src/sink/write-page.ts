import { only, type Sql } from '../lib/sql'
import { listOf, type ListedColumn } from './column-lists'
import { pageStatements, type PageStatements } from './page-statements'
import { rowHash } from './row-hash'
import type { Owner, Row, Target } from './target'

/** What a page did, counted in distinct keys. */
export interface Written {
  readonly inserted: number
  /** Changed, or marked gone and seen again. */
  readonly updated: number
  /** Left alone: no new row version was written. */
  readonly unchanged: number
}

/** Rows that one statement carries: more is hardly faster, and holds more memory. */
const batchSize = 2000

/**
 * Writes rows by natural key, so that writing a page twice equals writing it once. Of rows with the same key the last
 * one counts. Hashes are compared first, and only new and changed rows are sent at all. For window and snapshot streams
 * the keys are also kept as seen by this sync, and so are `rejectedKeys`. Both must come from `checkRecords`; the caller
 * owns the transaction, in which the account's fence keeps every other writer of the account out.
 */
export async function writePage(
  sql: Sql,
  target: Target,
  owner: Owner,
  rows: readonly Row[],
  rejectedKeys: readonly Row[] = [],
): Promise<Written> {
  const statements = pageStatements(target)
  const written = { inserted: 0, updated: 0, unchanged: 0 }
  for (const batch of batchesOf(lastOfEachKey(statements.key, rows))) {
    const { inserted, updated, unchanged } = await writeBatch(sql, statements, owner, batch)
    written.inserted += inserted
    written.updated += updated
    written.unchanged += unchanged
  }
  if (target.stream.kind !== 'upsert')
    for (const batch of batchesOf([...rows, ...rejectedKeys])) await keepSeen(sql, target, owner, batch)
  return written
}

function* batchesOf(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize)
}

async function keepSeen(
  sql: Sql,
  target: Target,
  { accountId, syncId, mode }: Owner,
  rows: readonly Row[],
): Promise<void> {
  const { see, find, key } = pageStatements(target)
  const keys = listsOf(key, rows)
  await sql.query(see, [syncId, target.streamName, ...keys])
  if (target.stream.kind === 'snapshot') await sql.query(find, [accountId, target.streamName, mode, ...keys])
}

async function writeBatch(
  sql: Sql,
  statements: PageStatements,
  { clientId, accountId }: Owner,
  rows: readonly Row[],
): Promise<Written> {
  const hashes = rows.map((row) => rowHash(statements.columns, row))
  const { verdicts } = only(
    await sql.query<{ verdicts: string }>(statements.compare, [
      clientId,
      accountId,
      ...listsOf(statements.key, rows),
      listOf('bytea', hashes),
    ]),
  )
  const differs = (_: unknown, index: number) => verdicts[index] !== 's'
  const differing = rows.filter(differs)
  if (differing.length > 0)
    await sql.query(statements.write, [
      clientId,
      accountId,
      ...listsOf(statements.columns, differing),
      listOf('bytea', hashes.filter(differs)),
    ])
  const inserted = verdicts.replaceAll(/[^n]/g, '').length
  return { inserted, updated: differing.length - inserted, unchanged: rows.length - differing.length }
}

/** One parameter per column, as `column-lists.ts` wants them. */
const listsOf = (columns: readonly ListedColumn[], rows: readonly Row[]): string[] =>
  columns.map(({ name, sqlType }) =>
    listOf(
      sqlType,
      rows.map((row) => row[name]),
    ),
  )

function lastOfEachKey(key: readonly ListedColumn[], rows: readonly Row[]): Row[] {
  const [first, ...others] = key
  const keyOf =
    first && others.length === 0
      ? (row: Row) => row[first.name]
      : (row: Row) => JSON.stringify(key.map(({ name }) => row[name]))
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()]
}
