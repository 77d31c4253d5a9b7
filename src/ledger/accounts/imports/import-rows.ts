import type { z } from 'zod'
import type { Sql } from '../../../lib/sql'
import { type ActedBy, recordAct } from '../../audit'
import type { Database } from '../../postgres/database'
import type { Upserted } from '../clients'
import type { ImportFile, Rejection } from './import-file'
import { problemsOf } from './problems'

/** What became of an import. Every row of the file is in exactly one of these. */
export interface ImportReport {
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  /** By line, each with what is wrong. */
  readonly rejected: readonly Rejection[]
}

/** A row that cannot go in, although each of its fields is right by itself. */
export class RowRefusal extends Error {
  override name = 'RowRefusal'
}

export interface ImportKind<Row> {
  /** As in `client acme`, for the audit log. */
  readonly noun: string
  /** What a row must be. It may depend on the row, as a job's own fields do. */
  readonly schema: (cells: Readonly<Record<string, unknown>>) => z.ZodType<Row>
  /** What must not stand in the file twice. */
  readonly key: (row: Row) => string
  /** What may be kept of a row before it is changed. */
  readonly before: (sql: Sql, row: Row) => Promise<object | undefined>
  /** What may be kept of a row: no secret, no personal data. */
  readonly after: (row: Row) => object
  /** Throws a `RowRefusal` for what does not fit what is there. */
  readonly upsert: (sql: Sql, row: Row) => Promise<Upserted>
}

/**
 * Puts every good row of a file into the ledger, in one transaction, and says of every other one why not.
 * One import at a time; importing a file twice changes nothing the second time.
 */
export async function importRows<Row>(
  database: Database,
  file: ImportFile,
  by: ActedBy,
  kind: ImportKind<Row>,
): Promise<ImportReport> {
  return database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `syncfleet import ${database.schema}`,
    ])
    const counts = { inserted: 0, updated: 0, unchanged: 0 }
    const rejected: Rejection[] = [...file.rejected]
    const firstLines = new Map<string, number>()
    for (const { line, cells } of file.rows) {
      try {
        const row = checked(kind.schema(cells), cells)
        const key = kind.key(row)
        const first = firstLines.get(key)
        if (first !== undefined) throw new RowRefusal(`${kind.noun} ${key} stands at ${first} already`)
        counts[await importRow(sql, kind, row, by)] += 1
        firstLines.set(key, line)
      } catch (error) {
        if (!(error instanceof RowRefusal)) throw error
        rejected.push({ line, problem: error.message })
      }
    }
    if (counts.inserted + counts.updated > 0) {
      const after = { ...counts, rejected: rejected.length }
      await recordAct(sql, { ...by, action: 'import', subject: `${kind.noun}s`, after, outcome: 'done' })
    }
    return { ...counts, rejected: rejected.toSorted((a, b) => a.line - b.line) }
  })
}

function checked<Row>(schema: z.ZodType<Row>, cells: unknown): Row {
  const parsed = schema.safeParse(cells)
  if (parsed.success) return parsed.data
  throw new RowRefusal(problemsOf(parsed.error, schema, cells))
}

async function importRow<Row>(sql: Sql, kind: ImportKind<Row>, row: Row, by: ActedBy): Promise<Upserted> {
  const before = await kind.before(sql, row)
  const upserted = await kind.upsert(sql, row)
  if (upserted === 'unchanged') return upserted
  await recordAct(sql, {
    ...by,
    action: upserted === 'inserted' ? 'add' : 'change',
    subject: `${kind.noun} ${kind.key(row)}`,
    ...(before && { before }),
    after: kind.after(row),
    outcome: 'done',
  })
  return upserted
}
