import { hash } from 'node:crypto'
import type { Stream, Streams } from '../job/streams'
import type { Sql } from '../lib/sql'
import { checkRecords } from './check-records'
import { rowsFrom } from './column-lists'
import { qualified, quoted } from './identifiers'
import { hashColumn, pageStatements } from './page-statements'
import { listsWithHash, prepareRows } from './prepare-rows'
import type { Row } from './target'

/** Digests of the persons that an account has forgotten. */
export type ForgottenPersons = ReadonlySet<string>

type Personal = NonNullable<Stream['personal']>

/** Everyone that an account has been told to forget. */
export async function forgottenPersons(sql: Sql, accountId: string): Promise<ForgottenPersons> {
  const { rows } = await sql.query<{ subject: string }>(
    `select encode(subject, 'hex') as subject from forgotten_persons where account_id = $1`,
    [accountId],
  )
  return new Set(rows.map(({ subject }) => subject))
}

/**
 * The digests under which these persons, by the vendor's id, are found again in records of these streams. An id that no
 * stream could hold in its column has none.
 */
export function digestsOf(streams: Streams, accountId: string, subjects: readonly string[]): Set<string> {
  const ids = Object.values(streams).flatMap((stream) => subjectsIn(stream, subjects))
  return new Set(ids.map((id) => digestOf(accountId, id)))
}

/**
 * Records as they may be written: those that speak of a forgotten person lack that person's personal columns. To be done
 * before they are checked, so that hashes, and what is set aside, know nothing of them either.
 */
export function withoutForgotten(
  stream: Stream,
  accountId: string,
  records: readonly unknown[],
  forgotten: ForgottenPersons,
): readonly unknown[] {
  const { personal } = stream
  if (!personal || forgotten.size === 0) return records
  const emptied = emptyOf(personal)
  return records.map((record) => {
    const [subject] = subjectsIn(stream, [(record as Row | null | undefined)?.[personal.subject]])
    const isForgotten = subject !== undefined && forgotten.has(digestOf(accountId, subject))
    return isForgotten ? { ...(record as Row), ...emptied } : record
  })
}

/**
 * Forgets persons for an account: files their digests, and empties their personal columns in all rows of all streams, in
 * each of `schemas` that has the tables. A row so emptied has changed (`last_changed_at`), and is unchanged when the vendor
 * sends it once more. Returns how many rows were emptied; safe to call twice. The caller's transaction holds the fence.
 */
export async function forgetPersons(
  sql: Sql,
  job: { readonly id: string; readonly streams: Streams },
  accountId: string,
  schemas: readonly string[],
  subjects: readonly string[],
): Promise<{ emptied: number }> {
  const digests = digestsOf(job.streams, accountId, subjects)
  await sql.query(
    `insert into forgotten_persons (job, account_id, subject)
     select $1, $2::bigint, decode(digest, 'hex') from unnest($3::text[]) digest on conflict do nothing`,
    [job.id, accountId, [...digests]],
  )
  let emptied = 0
  for (const stream of Object.values(job.streams))
    for (const schema of schemas) emptied += await emptyRows(sql, schema, stream, accountId, subjects)
  return { emptied }
}

async function emptyRows(
  sql: Sql,
  schema: string,
  stream: Stream,
  accountId: string,
  subjects: readonly string[],
): Promise<number> {
  const { personal } = stream
  const held = personal ? subjectsIn(stream, subjects) : []
  const table = qualified(schema, stream.table)
  if (!personal || held.length === 0 || !(await exists(sql, table))) return 0
  const names = personal.columns.map(quoted)
  const { rows } = await sql.query<Row>(
    // Without a hash a row counts as changed when it is next written: what becomes of one that cannot be hashed below.
    `update ${table}
        set ${names.map((name) => `${name} = null`).join(', ')}, row_hash = '', last_changed_at = now()
      where account_id = $1::bigint and ${quoted(personal.subject)}::text = any ($2::text[])
        and (${names.map((name) => `${name} is not null`).join(' or ')})
      returning ${Object.keys(stream.columns).map(quoted).join(', ')}`,
    [accountId, held],
  )
  await hashAgain(sql, schema, stream, accountId, rows)
  return rows.length
}

/** Gives rows the hash that they will have when the vendor sends them again. */
async function hashAgain(
  sql: Sql,
  schema: string,
  stream: Stream,
  accountId: string,
  rows: readonly Row[],
): Promise<void> {
  const { good } = checkRecords(stream, rows)
  if (good.length === 0) return
  const statements = pageStatements({ schema, stream })
  const { key } = statements
  const sameKey = key.map(({ name }) => `held.${quoted(name)} = given.${quoted(name)}`).join(' and ')
  await sql.query(
    `update ${qualified(schema, stream.table)} held set row_hash = given.row_hash
       from ${rowsFrom([...key, hashColumn], 2, 'given')}
      where held.account_id = $1::bigint and ${sameKey}`,
    [accountId, ...listsWithHash(key, prepareRows(statements, good))],
  )
}

/** Ids in the form in which this stream's rows hold them; without those that it cannot hold. */
function subjectsIn(stream: Stream, ids: readonly unknown[]): string[] {
  const column = stream.personal && stream.columns[stream.personal.subject]
  if (!column) return []
  return ids.flatMap((id) => {
    const isDigits = column.sqlType === 'integer' && typeof id === 'string' && /^-?\d+$/.test(id)
    const held = column.canonical(isDigits ? Number(id) : id)
    return typeof held === 'string' || typeof held === 'number' ? [String(held)] : []
  })
}

const digestOf = (accountId: string, subject: string) => hash('sha256', `${accountId} ${subject}`)

const emptyOf = ({ columns }: Personal): Row => Object.fromEntries(columns.map((name) => [name, null]))

const exists = async (sql: Sql, table: string): Promise<boolean> =>
  (await sql.query('select 1 where to_regclass($1) is not null', [table])).rowCount > 0
