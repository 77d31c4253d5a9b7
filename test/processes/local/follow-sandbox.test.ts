import { loadConfig } from '../../../config/load'
import { sandboxSettings, type DemoData } from '../../../sandbox'
import { listAccounts } from '../../../src/ledger/accounts/accounts'
import { openCredential } from '../../../src/ledger/accounts/credentials'
import type { Database } from '../../../src/ledger/postgres/database'
import { SecretBox } from '../../../src/ledger/accounts/secret-box'
import { importDemo } from '../../../src/processes/demo-clients'
import { followSandbox } from '../../../src/processes/local/follow-sandbox'
import { testDatabase } from '../../support/database'

const by = { actor: 'a test', via: 'cli' } as const
const configAt = (port: number) =>
  loadConfig({ NODE_ENV: 'test', ...sandboxSettings(`http://127.0.0.1:${port}`) })

/** Demo rows that name the sandbox at a port, and some that do not. */
const demoAt = (port: number): DemoData => ({
  clients: [{ id: 'acme', name: 'Acme Motors', timezone: 'UTC', owner_email: 'owner@acme.example' }],
  credentials: [
    {
      id: 'org',
      job: 'salesforce',
      secrets: {
        flow: 'client_credentials',
        client_id: 'id',
        client_secret: 'secret',
        instance_url: `http://127.0.0.1:${port}/salesforce`,
      },
    },
    { id: 'none', job: 'dealertrend', secrets: {} },
  ],
  accounts: [
    {
      client: 'acme',
      job: 'dealertrend',
      external_id: '17',
      credential: 'none',
      timezone: 'UTC',
      settings: { base_url: `http://127.0.0.1:${port}/dealertrend`, allow_insecure: true },
    },
  ],
})

const setup = async () => {
  const database = await testDatabase()
  const config = configAt(4100)
  await importDemo(database, config, demoAt(4100), by)
  return database
}
const box = new SecretBox(configAt(4100).encryptionKeys)
const secretsIn = async (database: Database) =>
  openCredential(database, box, { id: 'org', job: 'salesforce' })
const follow = async (database: Database, port: number) =>
  followSandbox(database, configAt(port), by, demoAt(port))

describe('followSandbox', () => {
  test('moves the addresses in credentials and accounts, and nothing else', async () => {
    await using database = await setup()
    await database.query('update accounts set enabled = false')
    await follow(database, 4200)
    expect(await secretsIn(database)).toEqual(demoAt(4200).credentials[0]?.secrets)
    expect(await listAccounts(database)).toMatchObject([
      { enabled: false, settings: demoAt(4200).accounts[0]?.settings },
    ])
  })

  test('lets what was parked for the old address be synced again', async () => {
    await using database = await setup()
    await database.query("update credentials set parked_at = now(), parked_reason = 'no answer'")
    await follow(database, 4200)
    const { rows } = await database.query('select id from credentials where parked_at is null')
    expect(rows).toEqual([{ id: 'org' }])
  })

  test('changes nothing where the sandbox is where it was', async () => {
    await using database = await setup()
    const revisions = async () => (await database.query('select secrets from credentials order by id')).rows
    const before = await revisions()
    await follow(database, 4100)
    expect(await revisions()).toEqual(before)
  })

  test('leaves alone what an operator made their own, and what is not there', async () => {
    await using database = await setup()
    const own = { ...demoAt(4100).credentials[0]?.secrets, client_secret: 'another' }
    const sealed = box.seal(JSON.stringify(own), 'org')
    await database.query("update credentials set secrets = $1 where id = 'org'", [sealed])
    await database.query('delete from accounts')
    await follow(database, 4200)
    expect(await secretsIn(database)).toEqual(own)
    expect(await listAccounts(database)).toEqual([])
  })
})
