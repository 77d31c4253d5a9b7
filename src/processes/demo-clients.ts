import type { Config } from '../../config/config'
import { jobs } from '../../jobs'
import { demoClients } from '../../sandbox'
import type { Database } from '../ledger/database'
import { importAccounts } from '../ledger/imports/accounts'
import { importClients } from '../ledger/imports/clients'
import { importCredentials } from '../ledger/imports/credentials'
import type { ImportedBy, ImportReport } from '../ledger/imports/import-rows'
import { SecretBox } from '../ledger/secret-box'

/** The seed of a sandbox that was told none: its keys are the demo credentials. */
export const demoSeed = 'sandbox'

/** Demo clients go in by the same door as an operator's import files. Returns how many there are. */
export async function importDemoClients(database: Database, config: Config, by: ImportedBy): Promise<number> {
  const demo = demoClients(demoSeed)
  const credentials = new Map(demo.map(({ credential }) => [credential.id, credential]))
  const box = new SecretBox(config.encryptionKeys)
  const reports: ImportReport[] = [
    await importClients(database, file(demo.map(({ client }) => client)), by),
    await importCredentials(database, file([...credentials.values()]), by, { box, jobs }),
    await importAccounts(database, file(demo.map(({ account }) => account)), by, jobs),
  ]
  const [rejection] = reports.flatMap(({ rejected }) => rejected)
  if (rejection) throw new Error(`demo data was rejected: row ${rejection.line}: ${rejection.problem}`)
  return demo.length
}

/** Rows as a file of the import. */
const file = (rows: readonly object[]) => ({ text: JSON.stringify(rows), format: 'json' as const })
