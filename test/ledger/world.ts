import { randomBytes } from 'node:crypto'
import { jobs } from '../../jobs'
import { importAccounts } from '../../src/ledger/accounts/imports/accounts'
import { importClients } from '../../src/ledger/accounts/imports/clients'
import { importCredentials } from '../../src/ledger/accounts/imports/credentials'
import type { ImportReport } from '../../src/ledger/accounts/imports/import-rows'
import { SecretBox, type SealingKey } from '../../src/ledger/accounts/secret-box'
import type { Database } from '../../src/ledger/postgres/database'

export const by = { actor: 'ada', via: 'cli' } as const

export const sealingKey = (id: string): SealingKey => ({ id, key: randomBytes(32) })

export interface World {
  readonly database: Database
  readonly box: SecretBox
  readonly clients: (text: string) => Promise<ImportReport>
  readonly credentials: (text: string) => Promise<ImportReport>
  readonly accounts: (text: string) => Promise<ImportReport>
}

const fileOf = (text: string) => ({ text, format: text.startsWith('[') ? 'json' : 'csv' }) as const

/** Imports into one ledger; texts that begin with `[` are JSON, others CSV. */
export const worldOf = (database: Database, box = new SecretBox([sealingKey('k1')])): World => {
  return {
    database,
    box,
    clients: async (text) => importClients(database, fileOf(text), by),
    credentials: async (text) => importCredentials(database, fileOf(text), by, { box, jobs }),
    accounts: async (text) => importAccounts(database, fileOf(text), by, jobs),
  }
}

/** A client with a CTM credential and account. */
export async function seeded(database: Database, box?: SecretBox): Promise<World> {
  const world = worldOf(database, box)
  await world.clients('id,name,timezone\nacme,Acme Motors,America/Chicago')
  await world.credentials(ctmCredential('acme-ctm', 'first'))
  await world.accounts('client,job,external_id,credential\nacme,ctm,40771,acme-ctm')
  return world
}

/** An import of one CTM credential. */
export const ctmCredential = (id: string, secret: string): string =>
  JSON.stringify([{ id, job: 'ctm', secrets: { access_key: 'key', secret_key: secret } }])
