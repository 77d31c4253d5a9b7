import { z } from 'zod'
import type { JobDefinition } from '../../../job/define-job'
import { nearest } from '../../../lib/nearest'
import type { Sql } from '../../../lib/sql'
import type { Database } from '../../postgres/database'
import { findSetUp, upsertAccount, type Account } from '../accounts'
import { id, job, timezone } from './fields'
import { readImportFile, type ImportColumns } from './import-file'
import type { ActedBy } from '../../audit'
import { importRows, RowRefusal, type ImportKind, type ImportReport } from './import-rows'

const columns: ImportColumns = {
  client: { kind: 'text' },
  job: { kind: 'text' },
  external_id: { kind: 'text' },
  credential: { kind: 'text' },
  timezone: { kind: 'text', optional: true },
  enabled: { kind: 'boolean', optional: true },
  settings: { kind: 'object', optional: true },
}

/** An account as a file gives it: without a zone of its own it has its client's. */
type AccountGiven = Omit<Account, 'timezone'> & { readonly timezone: string | undefined }

const accounts = (jobs: readonly JobDefinition[]): ImportKind<AccountGiven> => ({
  noun: 'account',
  schema: (cells) => {
    const definition = jobs.find((candidate) => candidate.id === cells['job'])
    return z
      .strictObject({
        client: id,
        job,
        // In JSON, an id in digits is easily given as a number; beyond 2^53 it would be another one.
        external_id: z
          .union([z.string(), z.int().nonnegative().transform(String)])
          .pipe(definition?.externalId ?? z.string().min(1)),
        credential: id,
        timezone: timezone.optional(),
        enabled: z.boolean().default(true),
        settings: (definition?.settings ?? z.looseObject({})).prefault({}),
      })
      .transform((row) => ({
        client: row.client,
        job: row.job,
        externalId: row.external_id,
        credential: row.credential,
        timezone: row.timezone,
        enabled: row.enabled,
        // As given: defaults are the definition's to change.
        settings: cells['settings'] ?? {},
      }))
  },
  key: nameOf,
  before: async (sql, row) => {
    const found = await findSetUp(sql, row)
    return found && kept(found)
  },
  after: kept,
  upsert: async (sql, row) => {
    const client = await clientOf(sql, row.client)
    await checkCredential(sql, row)
    return upsertAccount(sql, { ...row, timezone: row.timezone ?? client.timezone })
  },
})

const nameOf = (row: Pick<Account, 'client' | 'job' | 'externalId'>): string =>
  `${row.client}/${row.job}/${row.externalId}`

const kept = ({ credential, timezone: zone, enabled, settings }: AccountGiven): object => ({
  credential,
  timezone: zone,
  enabled,
  settings,
})

async function clientOf(sql: Sql, client: string): Promise<{ readonly timezone: string }> {
  const { rows } = await sql.query<{ timezone: string }>('select timezone from clients where id = $1', [
    client,
  ])
  return rows[0] ?? refuse('client', client, await idsIn(sql, 'clients'))
}

async function checkCredential(sql: Sql, row: AccountGiven): Promise<void> {
  const { rows } = await sql.query<{ job: string }>('select job from credentials where id = $1', [
    row.credential,
  ])
  const [found] = rows
  if (!found) refuse('credential', row.credential, await idsIn(sql, 'credentials'))
  else if (found.job !== row.job)
    throw new RowRefusal(
      `credential: expected one of job ${row.job}, got "${row.credential}" of job ${found.job}`,
    )
}

const idsIn = async (sql: Sql, table: 'clients' | 'credentials'): Promise<string[]> =>
  (await sql.query<{ id: string }>(`select id from ${table} order by id`)).rows.map((row) => row.id)

function refuse(field: string, given: string, known: readonly string[]): never {
  const near = nearest(given, known)
  throw new RowRefusal(
    `${field}: expected one that is known, got "${given}"${near ? `; did you mean ${near}?` : ''}`,
  )
}

/**
 * Adds and changes accounts from a file with the columns
 * `client, job, external_id, credential, timezone, enabled, settings`; the last three may be left out.
 */
export const importAccounts = async (
  database: Database,
  file: { readonly text: string; readonly format: 'csv' | 'json' },
  by: ActedBy,
  jobs: readonly JobDefinition[],
): Promise<ImportReport> =>
  importRows(database, readImportFile(file.text, file.format, columns), by, accounts(jobs))
