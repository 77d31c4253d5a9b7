import type { Column } from '../../src/job/columns'
import { emailAddress, phoneNumber } from '../../src/lib/contacts'
import { dayOf } from '../../src/lib/local-days'
import * as read from '../../src/lib/read-fields'
import { idOf, instantOf } from '../../src/vendors/salesforce/values'
import { objects, type StreamName } from './objects'

export interface RecordMapperOptions {
  readonly pseudonym: (value: string) => string
  /** The account's zone, in which its days begin. */
  readonly timezone: string
  /** Names of custom fields that are kept. Case does not matter: the vendor answers in its own. */
  readonly custom: readonly string[]
}

/** True for a row that the vendor keeps in its recycle bin: deleted, or merged into another. */
export const isDeleted = (raw: unknown): boolean => read.fieldsOf(raw)['IsDeleted'] === true

/**
 * A row as it is stored, from one as it came. Takes the fields of `objects.ts` and those that the account names, so nothing
 * else slips in. Never throws: a value that cannot be right is handed on, and the engine sets the record aside with the reason.
 */
export function toRecord(
  name: StreamName,
  raw: unknown,
  { pseudonym, timezone, custom }: RecordMapperOptions,
): Record<string, unknown> {
  const row = read.fieldsOf(raw)
  const { columns, fields }: { columns: Record<string, Column>; fields: Record<string, string> } =
    objects[name]
  const record: Record<string, unknown> = { custom: customOf(row, custom) }
  for (const [column, field] of Object.entries(fields)) {
    record[column] = valueOf(columns[column], row[field])
    // A key that is no id would hold a row that no reference finds.
    if (field === 'Id') record[column] = idOf(row[field]) ?? null
  }
  if ('created_day' in columns) record['created_day'] = dayIn(timezone, record['created_date'])
  return { ...record, ...hashesOf(row, fields, pseudonym) }
}

const dayIn = (timezone: string, instant: unknown): string | null =>
  instant instanceof Date ? dayOf(instant, timezone) : null

function valueOf(column: Column | undefined, value: unknown): unknown {
  const type = column?.sqlType
  if (type === 'timestamptz') return instantOf(value) ?? read.text(value)
  if (type === 'numeric') return read.decimal(value)
  if (type === 'boolean') return read.flag(value)
  return type === 'integer' ? (value ?? null) : read.text(value)
}

/** Keyed hashes of how to reach somebody. Who was deleted is reached no more. */
function hashesOf(
  row: read.Fields,
  fields: Readonly<Record<string, string>>,
  pseudonym: (value: string) => string,
): Record<string, string | null> {
  const hash = (value: string | undefined): string | null =>
    value === undefined || isDeleted(row) ? null : pseudonym(value)
  const country = row['Country'] ?? row['BillingCountry']
  return {
    ...('email_hash' in fields ? { email_hash: hash(emailAddress(row['Email'])) } : {}),
    ...('phone_hash' in fields ? { phone_hash: hash(phoneNumber(row['Phone'], country)) } : {}),
  }
}

function customOf(row: read.Fields, names: readonly string[]): Record<string, unknown> | null {
  if (names.length === 0) return null
  const byName = new Map(Object.entries(row).map(([field, value]) => [field.toLowerCase(), { field, value }]))
  const kept = names.map((name) => byName.get(name.toLowerCase()) ?? { field: name, value: null })
  return Object.fromEntries(kept.map(({ field, value }) => [field, value ?? null]))
}
