import type { z } from 'zod'
import { salesforce } from '../../jobs/salesforce/definition'
import { sync } from '../../jobs/salesforce/sync'
import type { Column } from '../../src/job/columns'
import { days } from '../../src/lib/durations'
import { startSandbox } from '../../sandbox'
import { rsaOfSeed } from '../../sandbox/salesforce/rsa-of-seed'
import type { OrgSpec } from '../../sandbox/salesforce/specs'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from './door'
import { SyncDriver } from './drive-sync'

export const epoch = new Date('2026-03-10T16:00:00Z')
const few = { Account: 10, Campaign: 4, Lead: 40, Opportunity: 20, CampaignMember: 20 }
export const none = { Account: 0, Campaign: 0, Lead: 0, Opportunity: 0, CampaignMember: 0 }

export interface SalesforceWorldOptions {
  readonly history?: Partial<typeof none>
  readonly every?: Partial<typeof none>
  readonly span?: number
  readonly org?: Partial<z.input<typeof OrgSpec>>
  readonly settings?: Record<string, unknown>
  readonly flow?: 'jwt' | 'client_credentials'
  readonly start?: Date
  readonly externalId?: string
  readonly secrets?: Record<string, unknown>
}

/** An org with two dealerships, `one` and `two`, in a sandbox, and one account's sync against it. */
export async function salesforceWorld(options: SalesforceWorldOptions = {}) {
  const { history = few, every = {}, span = days(100), settings = {}, flow = 'client_credentials' } = options
  let now = options.start ?? epoch
  const book = (externalId: string, of: Partial<typeof none>) => ({
    externalId,
    dealerId: `dealer ${externalId}`,
    history: { ...none, ...of },
    every: { ...none, ...every },
    span,
  })
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    salesforce: {
      orgs: [
        {
          place: '5fAa',
          name: 'Org',
          timezone: 'America/Denver',
          apps: [
            { flow: 'client_credentials', client_id: 'app', client_secret: 'app-secret' },
            {
              flow: 'jwt',
              client_id: 'jwt-app',
              username: 'we@org.example',
              public_key: rsaOfSeed('test').publicKey,
            },
          ],
          books: [book('one', history), book('two', few)],
          ...options.org,
        },
      ],
    },
  })
  const calls: VendorCall[] = []
  const url = sandbox.baseUrl('salesforce')
  const { door, waits } = testDoor(url, { onCall: (call) => calls.push(call), now: () => now })
  const secrets = {
    ...(flow === 'jwt'
      ? { flow, client_id: 'jwt-app', username: 'we@org.example', private_key: rsaOfSeed('test').privateKey }
      : { flow, client_id: 'app', client_secret: 'app-secret' }),
    instance_url: url,
    ...options.secrets,
  }
  const { externalId = 'one' } = options
  const ofDealer = { client_field: 'Dealer_Id__c', client_value: `dealer ${externalId}` }
  const accountSettings = { ...ofDealer, ...settings }
  const driver = new SyncDriver(salesforce, sync, {
    externalId,
    timezone: 'America/Denver',
    secrets,
    settings: accountSettings,
    http: door,
    now: () => now,
  })
  const vendor = sandbox.vendors.salesforce
  return {
    sandbox,
    vendor,
    driver,
    door,
    url,
    secrets,
    waits,
    calls,
    settings: accountSettings,
    now: () => now,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** The requests that a whole sync takes. */
    run: async () => {
      const before = calls.length
      await driver.run()
      return calls.length - before
    },
    /** How what is held differs from what should be, a line each. */
    differences: () => differencesOf(driver, vendor.truth(externalId)),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

function differencesOf(
  driver: SyncDriver,
  truth: Readonly<Record<string, Iterable<Readonly<Record<string, unknown>>>>>,
): string[] {
  const lines: string[] = []
  for (const [name, stream] of Object.entries(salesforce.streams)) {
    const held = driver.stream(name).rows
    const columns: Record<string, Column> = stream.columns
    const shown = (row: Readonly<Record<string, unknown>>, column: string): string =>
      JSON.stringify(columns[column]?.value.parse(row[column] ?? null))
    const expected = new Map(
      [...(truth[stream.table] ?? [])].map((row) => [String(row[stream.key[0] ?? '']), row]),
    )
    for (const [key, row] of expected) {
      const copy = held.get(key)
      if (!copy) {
        if (row['gone'] !== true) lines.push(`${stream.table} ${key} is missing`)
        continue
      }
      if ((copy['gone'] === true) !== (row['gone'] === true)) lines.push(`${stream.table} ${key} gone`)
      for (const column of Object.keys(row).filter((one) => one !== 'gone'))
        if (shown(row, column) !== shown(copy, column))
          lines.push(`${stream.table} ${key} ${column}: ${shown(row, column)}, held ${shown(copy, column)}`)
    }
    for (const key of held.keys()) if (!expected.has(key)) lines.push(`${stream.table} ${key} is not there`)
  }
  return lines
}
