import type { Column } from '../job/columns'
import type { DayWindow, Stream } from '../job/streams'
import { only, type Sql } from '../lib/sql'
import { qualified, quoted } from './identifiers'
import { ownColumns, primaryKey, typeName } from './table-shape'

/** What is compared: a stream's table in one schema with the table or view of the same name in another. */
export interface ParityQuestion {
  readonly stream: Stream
  readonly here: string
  readonly there: string
  /** Only rows of these days; absent, all. Needs a stream that has days. */
  readonly days?: DayWindow
  /** Only these accounts; absent, all. */
  readonly accountIds?: readonly string[]
}

/** How two copies of a stream compare. Rows that are gone count in neither. */
export interface Parity {
  readonly here: number
  readonly there: number
  readonly same: number
  /** In both, with different values. */
  readonly different: number
  readonly onlyHere: number
  readonly onlyThere: number
  /** In how many rows each column differs, most first; those that differ nowhere are left out. */
  readonly columns: readonly { readonly name: string; readonly rows: number }[]
  /** Columns that the other side lacks, and that were not compared. */
  readonly leftOut: readonly string[]
  /** A few natural keys of each kind, the account first. */
  readonly examples: Readonly<Record<'different' | 'onlyHere' | 'onlyThere', readonly string[]>>
}

/** The other side cannot be compared. The message says what it lacks. */
export class NoParityError extends Error {
  override name = 'NoParityError'
  readonly code = 'no_parity'
}

const examplesShown = 3

/**
 * Compares by natural key, column by column, what both sides have of a stream. The other side may be another system's: a view that
 * gives its columns our names is enough. Its values are read as our types.
 */
export async function parityOf(sql: Sql, question: ParityQuestion): Promise<Parity> {
  const { stream, there } = question
  const found = await columnsOf(sql, there, stream.table)
  const key = primaryKey(stream)
  const missing = key.filter((name) => !found.has(name))
  if (found.size === 0) throw new NoParityError(`there is no ${there}.${stream.table} to compare with`)
  if (missing.length > 0)
    throw new NoParityError(
      `${there}.${stream.table} has no ${missing.join(', ')}: a view of that name may give its columns our names`,
    )
  const values = Object.keys(stream.columns).filter((name) => !key.includes(name))
  const compared = values.filter((name) => found.has(name))
  const rows = joined(question, key, compared, found)
  const counts = await countsOf(sql, rows, compared)
  const { here, there: others, same, different, onlyHere, onlyThere } = counts
  return {
    here,
    there: others,
    same,
    different,
    onlyHere,
    onlyThere,
    columns: compared
      .map((name, place) => ({ name, rows: counts[`d${place}`] ?? 0 }))
      .filter((column) => column.rows > 0)
      .toSorted((a, b) => b.rows - a.rows),
    leftOut: values.filter((name) => !found.has(name)),
    examples: {
      different: different > 0 ? await examplesOf(sql, rows, key, anyDiffers(compared)) : [],
      onlyHere: onlyHere > 0 ? await examplesOf(sql, rows, key, 't.is_there is null') : [],
      onlyThere: onlyThere > 0 ? await examplesOf(sql, rows, key, 'h.is_there is null') : [],
    },
  }
}

/** Both sides, side by side: `from …`, and its parameters. */
interface Joined {
  readonly from: string
  readonly values: readonly unknown[]
}

function joined(
  { stream, here, there, days, accountIds }: ParityQuestion,
  key: readonly string[],
  compared: readonly string[],
  found: ReadonlySet<string>,
): Joined {
  const typed = [...key, ...compared].map(
    (name) => `${quoted(name)}::${typeOf(stream, name)} as ${quoted(name)}`,
  )
  const side = (schema: string, hasGone: boolean) =>
    `(select ${typed.join(', ')}, true as is_there from ${qualified(schema, stream.table)}
      where ${[
        hasGone && 'gone_at is null',
        accountIds && 'account_id::bigint = any ($1::bigint[])',
        days && `${dayOf(stream)} between $${accountIds ? 2 : 1} and $${accountIds ? 3 : 2}`,
      ]
        .filter(Boolean)
        .concat('true')
        .join(' and ')})`
  return {
    from: `from ${side(here, true)} h full join ${side(there, found.has('gone_at'))} t using (${key.map(quoted).join(', ')})`,
    values: [...(accountIds ? [accountIds] : []), ...(days ? [days.from, days.to] : [])],
  }
}

/** The day that selects a row. An instant counts for its day in UTC, on both sides. */
function dayOf(stream: Stream): string {
  const name = stream.kind === 'window' ? stream.day : stream.kind === 'upsert' ? stream.dated : undefined
  if (name === undefined) throw new NoParityError(`${stream.table} has no days: leave out --from and --to`)
  return stream.columns[name]?.sqlType === 'date'
    ? `${quoted(name)}::date`
    : `(${quoted(name)}::timestamptz at time zone 'UTC')::date`
}

const differs = (name: string): string => `h.${quoted(name)} is distinct from t.${quoted(name)}`
const anyDiffers = (compared: readonly string[]): string =>
  `h.is_there and t.is_there and (${compared.map(differs).join(' or ') || 'false'})`

type Counts = Readonly<Record<'here' | 'there' | 'same' | 'different' | 'onlyHere' | 'onlyThere', number>> &
  Readonly<Record<`d${number}`, number>>

async function countsOf(sql: Sql, { from, values }: Joined, compared: readonly string[]): Promise<Counts> {
  const perColumn = compared.map(
    (name, place) =>
      `count(*) filter (where h.is_there and t.is_there and ${differs(name)})::float8 as d${place}`,
  )
  const { different, ...counts } = only(
    await sql.query<Counts & { both: number }>(
      `select ${[
        'count(h.is_there)::float8 as here',
        'count(t.is_there)::float8 as there',
        'count(*) filter (where h.is_there and t.is_there)::float8 as both',
        `count(*) filter (where ${anyDiffers(compared)})::float8 as different`,
        'count(*) filter (where t.is_there is null)::float8 as "onlyHere"',
        'count(*) filter (where h.is_there is null)::float8 as "onlyThere"',
        ...perColumn,
      ].join(', ')} ${from}`,
      values,
    ),
  )
  return { ...counts, different, same: counts.both - different }
}

async function examplesOf(
  sql: Sql,
  { from, values }: Joined,
  key: readonly string[],
  where: string,
): Promise<string[]> {
  const names = key.map(quoted).join(', ')
  const { rows } = await sql.query<{ key: string }>(
    `select json_build_array(${names})::text as key ${from} where ${where} order by ${names} limit ${examplesShown}`,
    values,
  )
  return rows.map((row) => row.key)
}

function typeOf(stream: Stream, name: string): string {
  const column: Column | undefined = stream.columns[name]
  return column ? typeName(column) : (ownColumns.find((own) => own.name === name)?.type ?? 'text')
}

async function columnsOf(sql: Sql, schema: string, table: string): Promise<Set<string>> {
  const { rows } = await sql.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [qualified(schema, table)],
  )
  return new Set(rows.map(({ name }) => name))
}
