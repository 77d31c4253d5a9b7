import type { Column } from '../job/columns'
import type { Stream } from '../job/streams'

/** The columns that every destination table has besides those of its stream. */
export const ownColumns = [
  { name: 'client_id', type: 'text', rule: 'not null' },
  { name: 'account_id', type: 'bigint', rule: 'not null' },
  { name: 'row_hash', type: 'bytea', rule: 'not null' },
  { name: 'first_synced_at', type: 'timestamp with time zone', rule: 'not null default now()' },
  { name: 'last_changed_at', type: 'timestamp with time zone', rule: 'not null default now()' },
  { name: 'gone_at', type: 'timestamp with time zone', rule: '' },
] as const

const longNames: Partial<Record<Column['sqlType'], string>> = { timestamptz: 'timestamp with time zone' }

/** A column's type as the catalogue of Postgres spells it. */
export const typeName = (column: Column): string => longNames[column.sqlType] ?? column.sqlType

/** The primary key: the account, then the natural key. */
export const primaryKey = (stream: Stream): string[] => ['account_id', ...stream.key]

/** The columns of each index besides the primary key, by the index's name. */
export function indexesOf(stream: Stream): Map<string, string[]> {
  const indexes = new Map([[`${stream.table}_client`, ['client_id']]])
  if (stream.kind === 'window' && stream.key[0] !== stream.day)
    indexes.set(`${stream.table}_day`, ['account_id', stream.day])
  return indexes
}

/** Everything about a stream's definition that no table could serve, each mistake naming table and column. */
export function mistakesOf(stream: Stream): string[] {
  const { table, columns, key } = stream
  const mistakes: string[] = []
  // Postgres cuts names at 63 bytes; indexes add a suffix to the table's.
  if (!/^[a-z][a-z0-9_]{0,54}$/.test(table))
    mistakes.push(`table ${table}: expected a name of lower-case letters, digits and _, at most 55 long`)
  for (const name of Object.keys(columns)) {
    if (ownColumns.some((own) => own.name === name))
      mistakes.push(`${table}.${name}: the name is taken by a column that every table has`)
    else if (!/^[a-z][a-z0-9_]{0,62}$/.test(name))
      mistakes.push(`${table}.${name}: expected a name of lower-case letters, digits and _, at most 63 long`)
  }
  if (key.length === 0) mistakes.push(`table ${table}: expected a natural key of at least one column`)
  for (const name of key) mistakes.push(...keyMistakes(table, name, columns[name]))
  if (stream.kind === 'window') {
    const day = columns[stream.day]
    if (day?.sqlType !== 'date' || day.nullable)
      mistakes.push(`${table}.${stream.day}: the day of a window must be a date column that is not nullable`)
  }
  return [...mistakes, ...personalMistakes(stream)]
}

function personalMistakes({ table, key, columns, personal }: Stream): string[] {
  if (!personal) return []
  const mistakes: string[] = []
  if (!['text', 'bigint', 'integer'].includes(columns[personal.subject]?.sqlType ?? ''))
    mistakes.push(`${table}.${personal.subject}: whose a row is must be a column of text, bigint or integer`)
  for (const name of personal.columns) {
    if (!columns[name]?.nullable) mistakes.push(`${table}.${name}: a personal column must be nullable`)
    if (key.includes(name) || name === personal.subject)
      mistakes.push(`${table}.${name}: a personal column cannot tell one row or person from another`)
  }
  return mistakes
}

function keyMistakes(table: string, name: string, column: Column | undefined): string[] {
  if (!column) return [`${table}.${name}: is part of the key, but no column`]
  if (column.nullable) return [`${table}.${name}: is part of the key, so it cannot be nullable`]
  if (column.sqlType === 'jsonb' || column.sqlType === 'text[]')
    return [`${table}.${name}: is part of the key, so it cannot be ${column.sqlType}`]
  if (column.volatile) return [`${table}.${name}: is part of the key, so it cannot be volatile`]
  return []
}
