import { z } from 'zod'
import type { JobDefinition } from '../../../job/define-job'
import type { Database } from '../../postgres/database'
import { CredentialJobError, findCredential, upsertCredential } from '../credentials'
import type { SecretBox } from '../secret-box'
import { id, job } from './fields'
import { readImportFile, type ImportColumns, type ImportFile } from './import-file'
import type { ActedBy } from '../../audit'
import { importRows, RowRefusal, type ImportKind, type ImportReport } from './import-rows'

const columns: ImportColumns = { id: { kind: 'text' }, job: { kind: 'text' }, secrets: { kind: 'object' } }

interface CredentialGiven {
  readonly id: string
  readonly job: string
  readonly secrets: unknown
}

const credentials = (box: SecretBox, jobs: readonly JobDefinition[]): ImportKind<CredentialGiven> => ({
  noun: 'credential',
  schema: (cells) => {
    const secrets = jobs.find((definition) => definition.id === cells['job'])?.secrets
    return z.strictObject({ id, job, secrets: secrets ?? z.looseObject({}) }).transform((row) => ({
      id: row.id,
      job: row.job,
      // As given: defaults are the definition's to change.
      secrets: cells['secrets'],
    }))
  },
  key: (row) => row.id,
  before: async (sql, row) => {
    const found = await findCredential(sql, row.id)
    return found && { job: found.job, parked: found.parkedReason }
  },
  after: (row) => ({ job: row.job, secrets: 'set' }),
  upsert: async (sql, row) => {
    try {
      return await upsertCredential(sql, box, row)
    } catch (error) {
      if (error instanceof CredentialJobError) throw new RowRefusal(`job: ${error.message}, got "${row.job}"`)
      throw error
    }
  },
})

export interface CredentialImport {
  readonly box: SecretBox
  readonly jobs: readonly JobDefinition[]
}

/** Adds and changes credentials from a file with the columns `id, job, secrets`. What changed un-parks its accounts. */
export const importCredentials = async (
  database: Database,
  file: { readonly text: string; readonly format: 'csv' | 'json' },
  by: ActedBy,
  { box, jobs }: CredentialImport,
): Promise<ImportReport> =>
  importRows(database, readImportFile(file.text, file.format, columns), by, credentials(box, jobs))

/** The same for one credential, checked as a row of a file is. */
export const setCredential = async (
  database: Database,
  given: CredentialGiven,
  by: ActedBy,
  { box, jobs }: CredentialImport,
): Promise<ImportReport> => {
  const file: ImportFile = { rows: [{ line: 1, cells: { ...given } }], rejected: [] }
  return importRows(database, file, by, credentials(box, jobs))
}
