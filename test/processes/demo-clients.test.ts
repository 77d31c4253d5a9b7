import { loadConfig } from '../../config/load'
import { dealers, demoData, sandboxSettings } from '../../sandbox'
import { listAccounts } from '../../src/ledger/accounts/accounts'
import { listCredentials } from '../../src/ledger/accounts/credentials'
import type { Database } from '../../src/ledger/postgres/database'
import { importClients } from '../../src/ledger/accounts/imports/clients'
import { demoSeed, importDemoClients, isForDemo } from '../../src/processes/demo-clients'
import { testDatabase } from '../support/database'

const by = { actor: 'a test', via: 'cli' } as const
const config = loadConfig({ NODE_ENV: 'test', ...sandboxSettings('http://127.0.0.1:4100') })
const demo = demoData(demoSeed, config.vendors.baseUrls)
const jobIds = [...new Set(demo.accounts.map(({ job }) => job))].toSorted()
const seed = async (database: Database) => importDemoClients(database, config, by)
const namesOf = async (database: Database) =>
  (await listAccounts(database)).map(({ job, externalId }) => `${job} ${externalId}`).toSorted()

describe('importDemoClients', () => {
  test('brings in every account of the demo once', async () => {
    await using database = await testDatabase()
    expect(await seed(database)).toBe(dealers.length)
    expect(await namesOf(database)).toEqual(
      demo.accounts.map(({ job, external_id }) => `${job} ${external_id}`).toSorted(),
    )
    expect(await seed(database)).toBe(0)
  })

  test('gives a ledger of an earlier version the accounts of the jobs that have none', async () => {
    await using database = await testDatabase()
    await seed(database)
    const all = await namesOf(database)
    await database.query("delete from accounts where job <> 'ctm'")
    await database.query("delete from credentials where job <> 'ctm'")
    await seed(database)
    expect(await namesOf(database)).toEqual(all)
    expect([...new Set((await listCredentials(database)).map(({ job }) => job))].toSorted()).toEqual(jobIds)
  })

  test('undoes nothing that an operator changed', async () => {
    await using database = await testDatabase()
    await seed(database)
    await database.query("update clients set name = 'Renamed'")
    await database.query("update accounts set enabled = false where job = 'ctm'")
    await database.query("delete from accounts where job <> 'ctm'")
    await database.query("update credentials set secrets = 'rotated'")
    await seed(database)
    const { rows } = await database.query('select distinct name from clients')
    expect(rows).toEqual([{ name: 'Renamed' }])
    expect((await listAccounts(database, { job: 'ctm' })).some(({ enabled }) => enabled)).toBe(false)
    expect((await database.query("select from credentials where secrets <> 'rotated'")).rowCount).toBe(0)
  })

  test('goes on where it was cut off before the accounts', async () => {
    await using database = await testDatabase()
    await seed(database)
    const all = await namesOf(database)
    await database.query('delete from accounts')
    expect(await seed(database)).toBe(dealers.length)
    expect(await namesOf(database)).toEqual(all)
  })
})

describe('isForDemo', () => {
  test('is true for an empty ledger and for one with demo clients only', async () => {
    await using database = await testDatabase()
    expect(await isForDemo(database)).toBe(true)
    await seed(database)
    expect(await isForDemo(database)).toBe(true)
  })

  test('is false once another client has accounts', async () => {
    await using database = await testDatabase()
    await seed(database)
    const text = 'id,name,timezone\nreal,Real Motors,UTC'
    await importClients(database, { text, format: 'csv' }, by)
    expect(await isForDemo(database)).toBe(true)
    await database.query(
      "update accounts set client_id = 'real' where id = (select min(id) from accounts where job = 'ctm')",
    )
    expect(await isForDemo(database)).toBe(false)
  })
})
