import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../../../config/config'
import { demoData, type DemoData } from '../../../sandbox'
import { findSetUp } from '../../ledger/accounts/accounts'
import { openCredential } from '../../ledger/accounts/credentials'
import type { ActedBy } from '../../ledger/audit'
import { SecretBox } from '../../ledger/accounts/secret-box'
import type { Database } from '../../ledger/postgres/database'
import { demoSeed, importDemo } from '../demo-clients'

/**
 * Points demo credentials and accounts that name the sandbox's address at where it listens now. Those that differ from the
 * demo by more than that address are an operator's own, and stay.
 */
export async function followSandbox(
  database: Database,
  config: Config,
  by: ActedBy,
  demo: DemoData = demoData(demoSeed, config.vendors.baseUrls),
): Promise<void> {
  const box = new SecretBox(config.encryptionKeys)
  const { origin } = new URL(config.vendors.baseUrls.ctm)
  const isElsewhere = (kept: unknown, wanted: unknown): boolean =>
    !isDeepStrictEqual(kept, wanted) && isDeepStrictEqual(movedTo(origin, kept), wanted)

  const credentials = []
  for (const credential of demo.credentials) {
    const kept = await openCredential(database, box, credential)
    if (isElsewhere(kept, credential.secrets)) credentials.push(credential)
  }
  const accounts = []
  for (const { client, job, external_id, settings } of demo.accounts) {
    const kept = await findSetUp(database, { client, job, externalId: external_id })
    if (!kept || !isElsewhere(kept.settings, settings)) continue
    const { credential, timezone, enabled } = kept
    accounts.push({ client, job, external_id, credential, timezone, enabled, settings })
  }
  await importDemo(database, config, { clients: [], credentials, accounts }, by)
}

/** The same value with every address on the loopback moved to this one. */
function movedTo(origin: string, value: unknown): unknown {
  if (value === undefined) return undefined
  return JSON.parse(JSON.stringify(value).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, origin))
}
