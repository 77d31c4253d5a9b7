import type { Transaction } from '../lib/sql'
import { batchesOf } from './batches'
import { listsOf } from './column-lists'
import { pageStatements, type StreamColumn } from './page-statements'
import type { Owner, Row, Target } from './target'
import { writeRows } from './write-rows'

/** What a page did, counted in distinct keys. */
export interface Written {
  readonly inserted: number
  /** Changed, or marked gone and seen again. */
  readonly updated: number
  /**
   * No value differed, and no row version was written; or values of volatile columns alone did, which were written without
   * moving `last_changed_at`.
   */
  readonly unchanged: number
  /** Marked gone by this page. */
  readonly removed: number
}

export interface PageOptions {
  /** Of rejected records, where those could be read. */
  readonly rejectedKeys?: readonly Row[]
  /** The vendor has deleted these records: their rows are marked gone, unless they are already. */
  readonly gone?: boolean
}

/**
 * Writes rows by natural key, so that writing a page twice equals writing it once. Of rows with the same key the last
 * one counts. Hashes are compared first: what is the same is not sent, what is new goes in by COPY, what differs by an
 * upsert. For window and snapshot streams the keys are also kept as seen by this sync, and so are `rejectedKeys`. Both must
 * come from `checkRecords`; the caller owns the transaction, in which the account's fence keeps every other writer of the
 * account out, so that what was new when it was compared is new when it is copied.
 */
export async function writePage(
  sql: Transaction,
  target: Target,
  owner: Owner,
  rows: readonly Row[],
  { rejectedKeys = [], gone = false }: PageOptions = {},
): Promise<Written> {
  const statements = pageStatements(target)
  const presence = statements[gone ? 'gone' : 'present']
  const distinct = lastOfEachKey(statements.key, rows)
  const verdicts = await writeRows(sql, { statements, presence, owner }, distinct)
  if (target.stream.kind !== 'upsert')
    for (const batch of batchesOf([...rows, ...rejectedKeys])) await keepSeen(sql, target, owner, batch)
  return writtenOf(verdicts, gone)
}

/** Counts what `compare` said of each row. */
function writtenOf(verdicts: string, gone: boolean): Written {
  const count = (letters: RegExp) => verdicts.replaceAll(letters, '').length
  const inserted = count(/[^n]/g)
  return {
    // A row that arrives deleted is news of a removal, not of a row.
    inserted: gone ? 0 : inserted,
    updated: count(/[^c]/g),
    unchanged: count(/[^sv]/g),
    removed: count(/[^g]/g) + (gone ? inserted : 0),
  }
}

async function keepSeen(
  sql: Transaction,
  target: Target,
  { accountId, syncId, mode }: Owner,
  rows: readonly Row[],
): Promise<void> {
  const { see, find, key } = pageStatements(target)
  const keys = listsOf(key, rows)
  await sql.query(see, [syncId, target.streamName, ...keys])
  if (target.stream.kind === 'snapshot') await sql.query(find, [accountId, target.streamName, mode, ...keys])
}

function lastOfEachKey(key: readonly StreamColumn[], rows: readonly Row[]): Row[] {
  const [first, ...others] = key
  const keyOf =
    first && others.length === 0
      ? (row: Row) => row[first.name]
      : (row: Row) => JSON.stringify(key.map(({ name }) => row[name]))
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()]
}
