import type { Column } from '../job/columns'
import type { Stream } from '../job/streams'
import { rowsFrom, valueFrom, type ListedColumn } from './column-lists'
import { listed, qualified, quoted } from './identifiers'
import { steadyBytes, type HashedColumns } from './row-hash'
import type { Target } from './target'

/** The SQL that writes pages into one table. Columns travel as `column-lists.ts` describes. */
export interface PageStatements {
  /** The natural key's columns, in its order. */
  readonly key: readonly StreamColumn[]
  /** The stream's columns, in its order. */
  readonly columns: readonly StreamColumn[]
  readonly hashed: HashedColumns
  /** For pages of records that are there. */
  readonly present: PresenceStatements
  /** For pages of records that the vendor has deleted. */
  readonly gone: PresenceStatements
  /** $1 sync, $2 stream's name, then the key's columns. */
  readonly see: string
  /** $1 account, $2 stream's name, $3 mode, then the key's columns: what is found is missing no more. */
  readonly find: string
}

/** A column of a stream, named. */
export type StreamColumn = Pick<Column, 'sqlType'> & { readonly name: string }

export interface PresenceStatements {
  /**
   * $1 client, $2 account, then the key's columns and the hash → one letter a row, in order: `n`ew, `c`hanged, `g`one now,
   * `v`olatile columns differ, `s`ame.
   */
  readonly compare: string
  /** $1 client, $2 account, then the columns and the hash. */
  readonly write: string
  /** Takes rows that are new: client, account, the columns and the hash. Absent where it could not say since when they are gone. */
  readonly copy?: string
}

const made = new WeakMap<Stream, Map<string, PageStatements>>()

/** Made once per stream and schema. */
export function pageStatements({ schema, stream }: Pick<Target, 'schema' | 'stream'>): PageStatements {
  const bySchema = made.get(stream) ?? new Map<string, PageStatements>()
  made.set(stream, bySchema)
  const statements = bySchema.get(schema) ?? statementsFor(schema, stream)
  bySchema.set(schema, statements)
  return statements
}

/**
 * A row's key as the ledger files it: a jsonb array of the typed columns, so that 1.0 is 1 and a day is a day.
 * `alias` is the table or the rows that the columns are taken from.
 */
export function keyJson(stream: Stream, alias: string): string {
  const parts = stream.key.map((name) => {
    const column = `${alias}.${quoted(name)}`
    // jsonb writes an instant in the session's zone.
    return stream.columns[name]?.sqlType === 'timestamptz' ? `${column} at time zone 'UTC'` : column
  })
  return `jsonb_build_array(${parts.join(', ')})`
}

/** The hash travels like a column of the stream. */
export const hashColumn: ListedColumn = { name: 'row_hash', sqlType: 'bytea' }

function statementsFor(schema: string, stream: Stream): PageStatements {
  const table = qualified(schema, stream.table)
  const columns = Object.entries(stream.columns).map(([name, { sqlType }]: [string, Column]) => ({
    name,
    sqlType,
  }))
  const key = stream.key.flatMap((name) => columns.filter((column) => column.name === name))
  return {
    key,
    columns,
    hashed: hashedColumns(stream),
    present: presenceStatements(table, stream, key, columns, 'present'),
    gone: presenceStatements(table, stream, key, columns, 'gone'),
    see: `
      insert into seen_records (sync_id, stream, key)
      select $1::bigint, $2, ${keyJson(stream, 'given')} from ${rowsFrom(key, 3, 'given')}
      on conflict do nothing`,
    // An array, because the planner would rather join: it takes both sides for a handful of rows.
    find: `
      delete from missing_records
       where account_id = $1::bigint and stream = $2 and mode = $3
         and key = any (array(select ${keyJson(stream, 'given')} from ${rowsFrom(key, 4, 'given')}))`,
  }
}

function hashedColumns(stream: Stream): HashedColumns {
  const columns: readonly Column[] = Object.values(stream.columns)
  const places = [...columns.keys()]
  const isVolatile = (place: number) => columns[place]?.volatile === true
  return { steady: places.filter((place) => !isVolatile(place)), volatile: places.filter(isVolatile) }
}

function presenceStatements(
  table: string,
  stream: Stream,
  key: readonly StreamColumn[],
  columns: readonly StreamColumn[],
  presence: 'present' | 'gone',
): PresenceStatements {
  const sent = [...columns, hashColumn]
  const set = ['client_id', ...columns.map(({ name }) => name), 'row_hash']
    .filter((name) => !stream.key.includes(name))
    .map((name) => `${quoted(name)} = excluded.${quoted(name)}`)
  const sameKey = stream.key.map((name) => `${quoted(name)} = given.${quoted(name)}`).join(' and ')
  const isPresent = presence === 'present'
  const copy = `copy ${table} (client_id, account_id, ${listed(sent.map(({ name }) => name))}) from stdin`
  // What differs in its volatile columns alone is sent as well, and must not pass for changed.
  const stays = (held: string, given: string) =>
    `substr(${held}.row_hash, 1, ${steadyBytes}) = substr(${given}.row_hash, 1, ${steadyBytes})
       and ${held}.client_id = $1 and ${held}.gone_at is ${isPresent ? 'null' : 'not null'}`
  return {
    // Lateral with a limit: one look into the primary key per row, whatever the planner believes of a growing table.
    // Not to be prepared: a plan that was made while the table was empty reads all of it for every row.
    compare: `
      select string_agg(case when held.row_hash is null then 'n'
                             ${isPresent ? '' : `when held.gone_at is null then 'g'`}
                             when not (${stays('held', 'given')}) then 'c'
                             when held.row_hash = given.row_hash then 's'
                             else 'v' end, '' order by given."#") as verdicts
        from ${rowsFrom([...key, hashColumn], 3, 'given')}
        left join lateral (select row_hash, gone_at, client_id from ${table}
                            where account_id = $2::bigint and ${sameKey} limit 1) held on true`,
    write: `
      insert into ${table} as held (client_id, account_id, ${listed(sent.map(({ name }) => name))}, gone_at)
      select $1, $2::bigint, ${sent.map((column) => valueFrom(column, 'given')).join(', ')},
             ${isPresent ? 'null::timestamptz' : 'now()'}
        from ${rowsFrom(sent, 3, 'given')}
      on conflict (account_id, ${listed(stream.key)})
      do update set ${set.join(', ')},
                    last_changed_at = case when ${stays('held', 'excluded')} then held.last_changed_at else now() end,
                    gone_at = ${isPresent ? 'null' : 'coalesce(held.gone_at, now())'}`,
    ...(isPresent ? { copy } : {}),
  }
}
