import { parse } from 'csv-parse/sync'
import { nearest } from '../../../lib/nearest'

/** One column of an import file. In CSV, where everything is text, `kind` says what the text stands for. */
export interface ImportColumn {
  readonly kind: 'text' | 'boolean' | 'object'
  readonly optional?: true
}
export type ImportColumns = Readonly<Record<string, ImportColumn>>

/** One row as it was given. Cells that hold nothing are left out. */
export interface ImportRow {
  /** The line of a CSV file on which the row begins, or the row's place in a JSON file, from 1. */
  readonly line: number
  readonly cells: Readonly<Record<string, unknown>>
}

export interface Rejection {
  readonly line: number
  readonly problem: string
}

/** An import file, row by row. */
export interface ImportFile {
  readonly rows: readonly ImportRow[]
  /** Rows that are no rows. */
  readonly rejected: readonly Rejection[]
}

/** The file as a whole cannot be used: nothing of it was imported. */
export class ImportFileError extends Error {
  override name = 'ImportFileError'
  readonly code = 'import_file'
}

/** Reads an import file. Throws an `ImportFileError` where it is neither, or where its columns are not the right ones. */
export const readImportFile = (text: string, format: 'csv' | 'json', columns: ImportColumns): ImportFile =>
  format === 'csv' ? readCsv(text, columns) : readJson(text, columns)

interface Line {
  readonly record: readonly string[]
  /** Where it begins. */
  readonly line: number
}

function readCsv(text: string, columns: ImportColumns): ImportFile {
  const rejected: Rejection[] = []
  const [header, ...lines] = linesOf(text, rejected)
  if (!header) throw new ImportFileError('the file is empty: expected a line with the names of the columns')
  checkHeader(header.record, columns)
  const rows = lines.flatMap(({ record, line }) => {
    if (record.length !== header.record.length) {
      const counts = `${header.record.length} cells as in the header, got ${record.length}`
      rejected.push({ line, problem: `expected ${counts}` })
      return []
    }
    const cells = header.record.map(
      (name, index) => [name, cellOf(record[index] ?? '', columns[name])] as const,
    )
    return [{ line, cells: Object.fromEntries(cells.filter(([, cell]) => cell !== undefined)) }]
  })
  return { rows, rejected }
}

/** Non-empty lines with where they begin; a cell in quotes may span several. */
function linesOf(text: string, rejected: Rejection[]): Line[] {
  let isCut = false
  const parsed = parse(text, {
    bom: true,
    info: true,
    trim: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_skip: () => {
      isCut = true
    },
  }) as unknown as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[]
  let end = 0
  const lines = parsed.map(({ record, info }) => {
    const line = end + 1
    end = info.lines
    return { record, line }
  })
  // Quotes are the only thing that can cut a file this lenient parser reads.
  if (isCut)
    rejected.push({
      line: end + 1,
      problem: 'a quote opened here is never closed: nothing from here on was read',
    })
  return lines.filter(({ record }) => record.some((cell) => cell !== ''))
}

function checkHeader(names: readonly string[], columns: ImportColumns): void {
  const missing = Object.entries(columns)
    .filter(([name, { optional }]) => !optional && !names.includes(name))
    .map(([name]) => `column ${name} is missing`)
  const repeated = names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `column ${name} is there twice`)
  const problems = [...unknownColumns(names, columns), ...missing, ...repeated]
  if (problems.length > 0) throw new ImportFileError(`line 1: ${problems.join('; ')}`)
}

const unknownColumns = (names: readonly string[], columns: ImportColumns): string[] =>
  names
    .filter((name) => !Object.hasOwn(columns, name))
    .map((name) => {
      const near = nearest(name, Object.keys(columns))
      return `no column is called ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : ''}`
    })

/** What a CSV cell stands for. One that does not is left as text, for the row's own check to name. */
function cellOf(text: string, column: ImportColumn | undefined): unknown {
  if (text === '') return undefined
  if (column?.kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return column?.kind === 'object' ? jsonOr(text, text) : text
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return otherwise
  }
}

function readJson(text: string, columns: ImportColumns): ImportFile {
  const rejected: Rejection[] = []
  // The parser's own message quotes the file, which may hold secrets.
  const content = jsonOr(text.replace(/^\uFEFF/, ''), undefined)
  if (!Array.isArray(content)) throw new ImportFileError('expected a JSON array of objects')
  const rows = content.flatMap((cells: unknown, index) => {
    const line = index + 1
    const problems = isObject(cells) ? unknownColumns(Object.keys(cells), columns) : ['expected an object']
    if (problems.length > 0 || !isObject(cells)) {
      rejected.push({ line, problem: problems.join('; ') })
      return []
    }
    return [{ line, cells: Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== null)) }]
  })
  return { rows, rejected }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
