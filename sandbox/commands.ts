import { z } from 'zod'
import type { VendorAnswer, VendorRequest } from './vendor'

/** What a command says that gives nothing back. */
export const done: VendorAnswer = { status: 200, body: { done: true } }

/** Any fields: tests know what a vendor's things have. */
export const Fields = z.record(z.string(), z.unknown())

/** Reads a command's body, which may be empty where nothing is needed. Throws where it is not what the command takes. */
export const inputOf =
  ({ body }: VendorRequest) =>
  <T>(schema: z.ZodType<T>): T =>
    schema.parse(JSON.parse(body || '{}'))

/** Rows of any number, one a line. */
export const inLines = (rows: Iterable<unknown>): VendorAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/x-ndjson' },
  body: '',
  lines: linesOf(rows),
})

function* linesOf(rows: Iterable<unknown>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row)
}

/** The rows of all tables, each with the table that it belongs to. */
export function* rowsOf(tables: Readonly<Record<string, Iterable<object>>>): Generator<object> {
  for (const [table, rows] of Object.entries(tables)) for (const row of rows) yield { table, ...row }
}

/** All rows at once, by table. */
export const byTable = (tables: Readonly<Record<string, Iterable<unknown>>>): VendorAnswer => ({
  status: 200,
  body: Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, [...rows]])),
})
