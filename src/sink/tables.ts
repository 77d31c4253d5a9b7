import type { Column } from '../job/columns'
import type { Stream } from '../job/streams'
import type { Sql } from '../lib/sql'
import { listed, qualified, quoted } from './identifiers'
import { indexesOf, mistakesOf, ownColumns, primaryKey, typeName } from './table-shape'

/** Destination tables that do not fit their streams' definitions. `mistakes` has one line for each. */
export class DestinationTableError extends Error {
  override name = 'DestinationTableError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(`destination tables cannot serve their streams:\n${mistakes.map((line) => `  ${line}`).join('\n')}`)
    this.mistakes = mistakes
  }
}

/** The schema that shadow runs of a ledger's schema write to. */
export const shadowOf = (schema: string): string => `${schema}_shadow`

/**
 * Makes the destination tables of these streams in `schema` (made too where it is missing), or brings them up to date.
 * Additive only, so that the previous build goes on working beside it: missing tables, indexes and columns are added,
 * and a column that a definition no longer demands stops being demanded. A changed type, a changed key, or a new
 * column that must not be null on a table with rows is refused; nothing at all is done then, and the
 * `DestinationTableError` names every mistake. Safe to call twice; concurrent calls need the migration's lock.
 */
export async function ensureTables(sql: Sql, schema: string, streams: Iterable<Stream>): Promise<void> {
  const all = [...streams]
  throwIfAny([...all.flatMap(mistakesOf), ...namedTwice(all)])
  const plans: Plan[] = []
  for (const stream of all) plans.push(await planOf(sql, schema, stream))
  throwIfAny(plans.flatMap((plan) => plan.mistakes))
  await ensureSchema(sql, schema)
  for (const statement of plans.flatMap((plan) => plan.statements)) await sql.query(statement)
}

/** One table cannot serve two streams: each would take the other's rows for its own that are gone. */
const namedTwice = (streams: readonly Stream[]): string[] =>
  streams
    .filter(({ table }, index) => streams.findIndex((stream) => stream.table === table) < index)
    .map(({ table }) => `table ${table}: two streams name it`)

function throwIfAny(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new DestinationTableError(mistakes)
}

/** Asks first: `create schema if not exists` wants the right to create schemas even where there is nothing to do. */
async function ensureSchema(sql: Sql, schema: string): Promise<void> {
  const { rowCount } = await sql.query('select from pg_namespace where nspname = $1', [schema])
  if (rowCount === 0) await sql.query(`create schema ${quoted(schema)}`)
}

interface Plan {
  readonly statements: readonly string[]
  readonly mistakes: readonly string[]
}

async function planOf(sql: Sql, schema: string, stream: Stream): Promise<Plan> {
  const table = qualified(schema, stream.table)
  const indexes = [...indexesOf(stream)].map(
    ([name, columns]) => `create index if not exists ${quoted(name)} on ${table} (${listed(columns)})`,
  )
  const held = await heldColumns(sql, table)
  if (held.size === 0) return { statements: [createTable(table, stream), ...indexes], mistakes: [] }

  const hasRows = (await sql.query(`select from ${table} limit 1`)).rowCount > 0
  const key = await heldKey(sql, table)
  const wanted = primaryKey(stream)
  const mistakes =
    key.join() === wanted.join()
      ? []
      : [`${table}: found the key (${key.join(', ')}), expected (${wanted.join(', ')})`]
  const statements: string[] = []
  for (const [name, column] of Object.entries(stream.columns)) {
    const found = held.get(name)
    if (!found && !column.nullable && hasRows)
      mistakes.push(
        `${table}.${quoted(name)}: found no such column, expected ${typeName(column)} not null, which a table with rows cannot be given`,
      )
    else if (!found) statements.push(`alter table ${table} add column ${columnSql(name, column)}`)
    else if (found.type !== typeName(column))
      mistakes.push(`${table}.${quoted(name)}: found ${found.type}, expected ${typeName(column)}`)
  }
  for (const name of outgrown(held, stream))
    if (!key.includes(name))
      statements.push(`alter table ${table} alter column ${quoted(name)} drop not null`)
  for (const { name, type } of ownColumns) {
    const found = held.get(name)?.type ?? 'no such column'
    if (found !== type) mistakes.push(`${table}.${quoted(name)}: found ${found}, expected ${type}`)
  }
  return { statements: [...statements, ...indexes], mistakes }
}

/** Columns whose `not null` the definition no longer backs: now nullable, or no longer written at all. */
const outgrown = (held: ReadonlyMap<string, HeldColumn>, stream: Stream): string[] =>
  [...held]
    .filter(([name, { required }]) => required && (stream.columns[name]?.nullable ?? true))
    .map(([name]) => name)
    .filter((name) => !ownColumns.some((own) => own.name === name))

const columnSql = (name: string, column: Column) =>
  `${quoted(name)} ${column.sqlType}${column.nullable ? '' : ' not null'}`

function createTable(table: string, stream: Stream): string {
  const own = ownColumns.map(({ name, type, rule }) => `${quoted(name)} ${type} ${rule}`)
  const typed = Object.entries(stream.columns).map(([name, column]) => columnSql(name, column))
  // The ids first and the bookkeeping last, as a person reads a row.
  const columns = [...own.slice(0, 2), ...typed, ...own.slice(2)]
  return `create table ${table} (${columns.join(', ')}, primary key (${listed(primaryKey(stream))}))`
}

interface HeldColumn {
  readonly type: string
  readonly required: boolean
}

/** The columns that the table has; none where there is no table. */
async function heldColumns(sql: Sql, table: string): Promise<Map<string, HeldColumn>> {
  const { rows } = await sql.query<HeldColumn & { name: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
       from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [table],
  )
  return new Map(rows.map(({ name, ...column }) => [name, column]))
}

async function heldKey(sql: Sql, table: string): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `select attname as name
       from pg_index
      cross join unnest(indkey::int[]) with ordinality as part (number, place)
       join pg_attribute on attrelid = indrelid and attnum = number
      where indrelid = to_regclass($1) and indisprimary
      order by place`,
    [table],
  )
  return rows.map(({ name }) => name)
}
