import { hash } from 'node:crypto'
import type { DayWindow, Stream } from '../job/streams'
import { dayOf } from '../lib/local-days'
import type { Sql } from '../lib/sql'
import { qualified, quoted } from './identifiers'
import type { Row, Target } from './target'

/** Which of a stream's rows are meant: all present ones, or those of some days of the account. */
export interface KeysOf {
  readonly accountId: string
  readonly timezone: string
  readonly days: DayWindow | undefined
}

/** Rows that are fetched at once. */
const batchSize = 5000

/** The column by which a window of days selects rows; undefined where the stream has none. */
export function dayColumn(stream: Stream): string | undefined {
  if (stream.kind === 'window') return stream.day
  return stream.kind === 'upsert' ? stream.dated : undefined
}

/** The day that a row in canonical form counts for; undefined where it has none. */
export function dayOfRow(stream: Stream, row: Row, timezone: string): string | undefined {
  const name = dayColumn(stream)
  const value = name === undefined ? null : row[name]
  if (name === undefined || value === null || value === undefined) return undefined
  const text = value as string
  return stream.columns[name]?.sqlType === 'date' ? text : dayOf(new Date(text), timezone)
}

/** A row's natural key as text, the same for a record in canonical form and for a row of the table. */
export const keyText = (stream: Stream, row: Row): string =>
  JSON.stringify(stream.key.map((name) => canonical(stream, name, row[name])))

/** A few characters that stand for a key, however long it is, so that millions of them fit in memory. */
export const keyDigest = (key: string): string => hash('sha256', key, 'base64').slice(0, 22)

/**
 * The keys of an account's present rows as text, fetched in batches. `sql` is a session's own connection: the rows are those of
 * one moment.
 */
export async function* heldKeys(
  sql: Sql,
  { schema, stream }: Target,
  { accountId, timezone, days }: KeysOf,
): AsyncGenerator<string, void, undefined> {
  const day = dayColumn(stream)
  const isDate = day !== undefined && stream.columns[day]?.sqlType === 'date'
  const local = day === undefined ? '' : isDate ? quoted(day) : `(${quoted(day)} at time zone $2)::date`
  const within = days && day !== undefined ? `and ${local} between $3::date and $4::date` : ''
  await sql.query('begin read only')
  try {
    await sql.query(
      `declare held no scroll cursor for
       select ${stream.key.map(quoted).join(', ')} from ${qualified(schema, stream.table)}
       where account_id = $1::bigint and gone_at is null and $2::text is not null ${within}`,
      [accountId, timezone, ...(within === '' ? [] : [days?.from, days?.to])],
    )
    for (;;) {
      const { rows } = await sql.query<Record<string, unknown>>(`fetch ${batchSize} from held`)
      for (const row of rows) yield keyText(stream, row)
      if (rows.length < batchSize) return
    }
  } finally {
    await sql.query('rollback')
  }
}

function canonical(stream: Stream, name: string, value: unknown): unknown {
  const parsed = stream.columns[name]?.value.safeParse(value)
  return parsed?.success ? parsed.data : value
}
