import { hash } from 'node:crypto'
import { expectationOf, type Column } from '../job/columns'
import type { Stream } from '../job/streams'
import { describeValue } from './describe-value'
import type { Row } from './target'

/** A record that its table cannot hold. Nothing in it repeats a value that was refused. */
export interface Rejected {
  /** Every column that was wrong: its name, what it wants and what kind of thing was given. */
  readonly reason: string
  /** A redacted copy: valid columns as they are, the others and personal ones described, such as `<text of 12 characters>`. */
  readonly record: Row
  /**
   * SHA-256 of the redacted copy: the same record refused again is the same. Not of the values that were refused:
   * a digest of something as short as a phone number gives it away.
   */
  readonly fingerprint: Buffer
}

export interface Checked {
  readonly good: readonly Row[]
  readonly rejected: readonly Rejected[]
  /**
   * The natural keys of rejected records, where those could be read. The vendor still has these records, so what an
   * earlier page wrote of them must not be taken for gone: hand them to `writePage`.
   */
  readonly rejectedKeys: readonly Row[]
}

/** Bytes of all texts of a key together. An index entry of Postgres holds some 2,700, and the ledger files keys as well. */
const maxKeyBytes = 2000

/**
 * Tells records that can be written from those that cannot, in the order given. Good ones have every column of the
 * stream in its order and canonical form; unknown fields are dropped, and a nullable column that a record lacks is null.
 * Whatever is good here, SQL takes: nothing a vendor can put into a record makes a page fail.
 */
export function checkRecords(stream: Stream, records: readonly unknown[]): Checked {
  const columns = Object.entries(stream.columns)
  const good: Row[] = []
  const rejected: Rejected[] = []
  const rejectedKeys: Row[] = []
  for (const record of records) {
    const row = rowOf(columns, record)
    if (row && keyBytes(stream, row) <= maxKeyBytes) good.push(row)
    else {
      const { key, ...rejection } = rejectionOf(stream, record)
      rejected.push(rejection)
      if (key) rejectedKeys.push(key)
    }
  }
  return { good, rejected, rejectedKeys }
}

/** Undefined for what is no record, or has a column that does not pass. */
function rowOf(columns: readonly (readonly [string, Column])[], record: unknown): Row | undefined {
  if (!isRecord(record)) return undefined
  const row: Record<string, unknown> = {}
  for (const [name, { canonical }] of columns) {
    const value = canonical(record[name])
    if (value === undefined) return undefined
    row[name] = value
  }
  return row
}

const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

function keyBytes(stream: Stream, row: Row): number {
  let bytes = 0
  for (const name of stream.key) {
    const part = row[name]
    if (typeof part === 'string') bytes += Buffer.byteLength(part)
  }
  return bytes
}

/** Goes through the columns one by one; only records already known to be bad pay for it. */
function rejectionOf(stream: Stream, given: unknown): Rejected & { readonly key?: Row } {
  if (!isRecord(given)) {
    const what = describeValue(given)
    return rejection([`expected a record, got ${what}`], { record: `<${what}>` })
  }
  const fields = new Map<string, unknown>(Object.entries(given))
  const row = new Map<string, unknown>()
  const copy = new Map<string, unknown>()
  const reasons: string[] = []
  const refuse = (name: string, expected: string) => {
    const what = describeValue(fields.get(name))
    reasons.push(`${name}: expected ${expected}, got ${what}`)
    copy.set(name, `<${what}>`)
  }
  for (const [name, column] of Object.entries(stream.columns)) {
    const value = column.canonical(fields.get(name))
    if (value === undefined) {
      refuse(name, expectationOf[column.sqlType])
      continue
    }
    row.set(name, value)
    const isPersonal = stream.personal?.columns.includes(name) ?? false
    copy.set(name, isPersonal ? `<${describeValue(fields.get(name))}>` : value)
  }
  const key = stream.key.filter((name) => row.has(name))
  if (keyBytes(stream, Object.fromEntries(row)) > maxKeyBytes)
    for (const name of key.filter((part) => typeof row.get(part) === 'string'))
      refuse(name, `a key of at most ${maxKeyBytes} bytes`)
  else if (key.length === stream.key.length)
    return {
      ...rejection(reasons, Object.fromEntries(copy)),
      key: Object.fromEntries(key.map((name) => [name, row.get(name)])),
    }
  return rejection(reasons, Object.fromEntries(copy))
}

const rejection = (reasons: readonly string[], record: Row): Rejected => ({
  reason: reasons.join('; '),
  record,
  fingerprint: hash('sha256', JSON.stringify(record), 'buffer'),
})
