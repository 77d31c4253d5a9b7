import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { ImportFileError } from '../../ledger/accounts/imports/import-file'
import type { ImportReport } from '../../ledger/accounts/imports/import-rows'
import type { CommandContext } from './context'
import { CommandError, UsageError } from './outcome'
import { showJson, type ShowOptions } from './show'

export interface GivenFile {
  readonly text: string
  readonly format: 'csv' | 'json'
}

/** Reads a file, imports it, and tells what became of its rows. Rejected rows make the command fail after the others went in. */
export async function runImport(
  context: CommandContext,
  options: ShowOptions,
  path: string,
  importFile: (file: GivenFile) => Promise<ImportReport>,
): Promise<void> {
  const file = await readGiven(path)
  try {
    showReport(context, options, await importFile(file), `${path}: ${file.format === 'csv' ? 'line' : 'row'}`)
  } catch (error) {
    if (error instanceof ImportFileError)
      throw new CommandError(`${path}: ${error.message}`, { cause: error })
    throw error
  }
}

async function readGiven(path: string): Promise<GivenFile> {
  const format = extname(path).toLowerCase().slice(1)
  if (format !== 'csv' && format !== 'json')
    throw new UsageError(`${path}: expected a file whose name ends in .csv or .json`)
  try {
    return { text: await readFile(path, 'utf8'), format }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`${path}: cannot be read: ${code}`, { cause: error })
  }
}

/** `place` names a row together with its number: `accounts.csv: line`. */
export function showReport(
  context: CommandContext,
  { json }: ShowOptions,
  report: ImportReport,
  place: string,
): void {
  const { inserted, updated, unchanged, rejected } = report
  if (json) showJson(context, report)
  else {
    context.print(
      `${inserted} added, ${updated} changed, ${unchanged} unchanged, ${rejected.length} rejected`,
    )
    for (const { line, problem } of rejected) context.print(`${place} ${line}: ${problem}`)
  }
  if (rejected.length > 0)
    throw new CommandError(
      `${rejected.length} of ${inserted + updated + unchanged + rejected.length} rows were rejected`,
    )
}
