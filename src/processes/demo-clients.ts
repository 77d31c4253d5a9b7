import type { Config } from '../../config/config'
import { jobs } from '../../jobs'
import { dealers, demoData, type DemoData } from '../../sandbox'
import { listAccounts } from '../ledger/accounts/accounts'
import { listClients } from '../ledger/accounts/clients'
import { listCredentials } from '../ledger/accounts/credentials'
import { importAccounts } from '../ledger/accounts/imports/accounts'
import { importClients } from '../ledger/accounts/imports/clients'
import { importCredentials } from '../ledger/accounts/imports/credentials'
import type { ActedBy } from '../ledger/audit'
import type { ImportReport } from '../ledger/accounts/imports/import-rows'
import { SecretBox } from '../ledger/accounts/secret-box'
import type { Database } from '../ledger/postgres/database'

/** The seed of a sandbox that was told none: its keys are the demo credentials. */
export const demoSeed = 'sandbox'

/** False where a client that is no demo client has accounts: then the ledger is not ours to fill. */
export async function isForDemo(database: Database): Promise<boolean> {
  const ours = new Set(dealers.map(({ id }) => id))
  const clients = await listClients(database)
  return clients.every(({ id, accounts }) => accounts === 0 || ours.has(id))
}

/**
 * Brings in the demo clients' accounts of every job that has no account at all, with their credentials. All else stays as
 * it is: what an operator changed about the demo clients is not undone. Returns how many clients got accounts.
 */
export async function importDemoClients(database: Database, config: Config, by: ActedBy): Promise<number> {
  const rows = await missing(database, config)
  if (rows.accounts.length > 0) await importDemo(database, config, rows, by)
  return new Set(rows.accounts.map(({ client }) => client)).size
}

/** By the same door as an operator's import files. Accounts come last, so that what is cut off goes on the next time. */
export async function importDemo(
  database: Database,
  config: Config,
  { clients, credentials, accounts }: Rows,
  by: ActedBy,
): Promise<void> {
  const box = new SecretBox(config.encryptionKeys)
  const reports: ImportReport[] = [
    await importClients(database, file(clients), by),
    await importCredentials(database, file(credentials), by, { box, jobs }),
    await importAccounts(database, file(accounts), by, jobs),
  ]
  const [rejection] = reports.flatMap(({ rejected }) => rejected)
  if (rejection) throw new Error(`demo data was rejected: row ${rejection.line}: ${rejection.problem}`)
}

/** Rows of the import files. */
type Rows = { readonly [Kind in keyof DemoData]: readonly object[] }

async function missing(database: Database, config: Config): Promise<DemoData> {
  const demo = demoData(demoSeed, config.vendors.baseUrls)
  const served = new Set((await listAccounts(database)).map(({ job }) => job))
  const clients = new Set((await listClients(database)).map(({ id }) => id))
  const credentials = new Set((await listCredentials(database)).map(({ id }) => id))
  return {
    clients: demo.clients.filter(({ id }) => !clients.has(id)),
    credentials: demo.credentials.filter(({ id, job }) => !served.has(job) && !credentials.has(id)),
    accounts: demo.accounts.filter(({ job }) => !served.has(job)),
  }
}

/** Rows as a file of the import. */
const file = (rows: readonly object[]) => ({ text: JSON.stringify(rows), format: 'json' as const })
