import { z } from 'zod'
import type { Database } from '../../postgres/database'
import { findClient, upsertClient, type Client } from '../clients'
import { id, timezone } from './fields'
import { readImportFile, type ImportColumns } from './import-file'
import type { ActedBy } from '../../audit'
import { importRows, type ImportKind, type ImportReport } from './import-rows'

const columns: ImportColumns = {
  id: { kind: 'text' },
  name: { kind: 'text' },
  timezone: { kind: 'text' },
  owner_email: { kind: 'text', optional: true },
}

const clientRow = z
  .strictObject({ id, name: z.string().trim().min(1), timezone, owner_email: z.email().optional() })
  .transform(({ owner_email, ...client }): Client => ({ ...client, ownerEmail: owner_email ?? null }))

/** The owner's address stays out of the audit log, whose rows are for good. */
const kept = ({ name, timezone: zone }: Client): object => ({ name, timezone: zone })

const clients: ImportKind<Client> = {
  noun: 'client',
  schema: () => clientRow,
  key: (client) => client.id,
  before: async (sql, client) => {
    const found = await findClient(sql, client.id)
    return found && kept(found)
  },
  after: kept,
  upsert: upsertClient,
}

/** Adds and changes clients from a file with the columns `id, name, timezone, owner_email`. */
export const importClients = async (
  database: Database,
  file: { readonly text: string; readonly format: 'csv' | 'json' },
  by: ActedBy,
): Promise<ImportReport> => importRows(database, readImportFile(file.text, file.format, columns), by, clients)
