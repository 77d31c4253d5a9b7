import type { Column } from '../job/columns'
import type { Stream } from '../job/streams'
import { rowsFrom, valueFrom, type ListedColumn } from './column-lists'
import { listed, qualified, quoted } from './identifiers'
import type { Target } from './target'

/** The SQL that writes pages into one table. Columns travel as `column-lists.ts` describes. */
export interface PageStatements {
  /** The natural key's columns, in its order. */
  readonly key: readonly ListedColumn[]
  /** The stream's columns, in its order. */
  readonly columns: readonly ListedColumn[]
  /** $1 client, $2 account, then the key's columns and the hash → one letter a row, in order: `n`ew, `c`hanged, `s`ame. */
  readonly compare: string
  /** $1 client, $2 account, then the columns and the hash. */
  readonly write: string
  /** $1 sync, $2 stream's name, then the key's columns. */
  readonly see: string
  /** $1 account, $2 stream's name, $3 mode, then the key's columns: what is found is missing no more. */
  readonly find: string
}

const made = new WeakMap<Stream, Map<string, PageStatements>>()

/** Made once per stream and schema. */
export function pageStatements({ schema, stream }: Target): PageStatements {
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

const hash: ListedColumn = { name: 'row_hash', sqlType: 'bytea' }

function statementsFor(schema: string, stream: Stream): PageStatements {
  const table = qualified(schema, stream.table)
  const columns = Object.entries(stream.columns).map(([name, { sqlType }]: [string, Column]) => ({
    name,
    sqlType,
  }))
  const key = stream.key.flatMap((name) => columns.filter((column) => column.name === name))
  const sent = [...columns, hash]
  const set = ['client_id', ...columns.map(({ name }) => name), 'row_hash']
    .filter((name) => !stream.key.includes(name))
    .map((name) => `${quoted(name)} = excluded.${quoted(name)}`)
  const sameKey = stream.key.map((name) => `${quoted(name)} = given.${quoted(name)}`).join(' and ')
  return {
    key,
    columns,
    // Lateral with a limit: one look into the primary key per row, whatever the planner believes of a growing table.
    compare: `
      select string_agg(case when held.row_hash is null then 'n'
                             when held.row_hash = given.row_hash and held.gone_at is null and held.client_id = $1 then 's'
                             else 'c' end, '' order by given."#") as verdicts
        from ${rowsFrom([...key, hash], 3, 'given')}
        left join lateral (select row_hash, gone_at, client_id from ${table}
                            where account_id = $2::bigint and ${sameKey} limit 1) held on true`,
    write: `
      insert into ${table} (client_id, account_id, ${listed(sent.map(({ name }) => name))})
      select $1, $2::bigint, ${sent.map((column) => valueFrom(column, 'given')).join(', ')}
        from ${rowsFrom(sent, 3, 'given')}
      on conflict (account_id, ${listed(stream.key)})
      do update set ${set.join(', ')}, last_changed_at = now(), gone_at = null`,
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
