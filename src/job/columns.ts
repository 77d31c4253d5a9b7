import { z } from 'zod'
import { canonicalJson, cleanText, dayText, decimalText, instantText, wholeText } from './values'

/**
 * One typed column of a destination table: the SQL type that stores it, and the schema a record's value must pass.
 * What passes is in its one canonical form, so that equal values are equal text and nothing is left for SQL to refuse.
 */
export interface Column<T = unknown> {
  readonly sqlType:
    'text' | 'bigint' | 'integer' | 'numeric' | 'boolean' | 'date' | 'timestamptz' | 'text[]' | 'jsonb'
  readonly value: z.ZodType<T>
  /** The same without a schema's ceremony, for pages of records: a value's canonical form, or undefined where it does not pass. */
  readonly canonical: (value: unknown) => T | undefined
  readonly nullable: boolean
  /** Changes without meaning anything, such as a signed link: kept up to date, and no change of the row. */
  readonly volatile?: true
}

export type Columns = Readonly<Record<string, Column>>

/** A record as a sync yields it: one value for every column of the stream. */
export type RecordOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column<infer T> ? T : never
}

/** What a column of each type wants, for the reason of a refusal. */
export const expectationOf: Readonly<Record<Column['sqlType'], string>> = {
  text: 'text',
  bigint: 'a whole number of at most 64 bits, as text beyond 2^53',
  integer: 'a whole number of at most 32 bits',
  numeric: 'a decimal number of at most 1000 digits',
  boolean: 'true or false',
  date: 'a calendar day, YYYY-MM-DD, of the years 1 to 9999',
  timestamptz: 'an instant with its offset, of the years 1 to 9999',
  'text[]': 'a list of texts',
  jsonb: 'JSON of at most 100 levels, not null',
}

/** A column of which `read` gives the canonical form, or undefined for what the type cannot hold. */
const column = <T>(sqlType: Column['sqlType'], read: (value: unknown) => T | undefined): Column<T> => ({
  sqlType,
  value: z.unknown().transform((value, context): T => {
    const canonical = read(value)
    if (canonical !== undefined) return canonical
    context.addIssue(`expected ${expectationOf[sqlType]}`)
    return z.NEVER
  }),
  canonical: read,
  nullable: false,
})

const textOf = (value: unknown) => (typeof value === 'string' ? cleanText(value) : undefined)
const textsOf = (value: unknown) => {
  if (!Array.isArray(value)) return undefined
  // Array.from also visits the holes of a sparse list.
  const list = Array.from<unknown, string | undefined>(value, textOf)
  return list.every((item) => item !== undefined) ? list : undefined
}
const int32Of = (value: unknown) =>
  // Adding zero turns -0 into 0.
  typeof value === 'number' && (value | 0) === value ? value + 0 : undefined

/** NUL and lone surrogates, which Postgres' text cannot hold, become U+FFFD. */
export const text = (): Column<string> => column('text', textOf)
/** A list of texts, none of them null. */
export const texts = (): Column<string[]> => column('text[]', textsOf)
/** Travels as text, so that no digit is ever lost to a float. A number beyond 2^53 has lost some already, and is refused. */
export const bigint = (): Column<string | number | bigint> =>
  column<string | number | bigint>('bigint', wholeText)
export const integer = (): Column<number> => column('integer', int32Of)
/** Travels as text without an exponent or trailing zeros: `1.50`, `1.5` and `15e-1` are the same value. */
export const numeric = (): Column<string | number> => column<string | number>('numeric', decimalText)
export const boolean = (): Column<boolean> =>
  column('boolean', (value) => (typeof value === 'boolean' ? value : undefined))
/** A calendar day, `YYYY-MM-DD`. */
export const date = (): Column<string> => column('date', dayText)
/** An instant, as a `Date` or ISO 8601 text with its offset. Stored in UTC, to the millisecond. */
export const instant = (): Column<Date | string> => column<Date | string>('timestamptz', instantText)
/** JSON with the keys of its objects in order. Null at the top is SQL's null, so only a nullable column takes it. */
export const json = (): Column => column('jsonb', canonicalJson)

/** The same column, allowed to be null; a record that lacks the field means null. Keys are never nullable. */
export const nullable = <T>(of: Column<T>): Column<T | null> => ({
  ...of,
  value: of.value.nullish().transform((value) => value ?? null),
  canonical: (value) => (value === null || value === undefined ? null : of.canonical(value)),
  nullable: true,
})

/** The same column, outside the row's hash: a new value alone neither counts as a change nor moves `last_changed_at`. */
export const volatile = <T>(of: Column<T>): Column<T> => ({ ...of, volatile: true })
