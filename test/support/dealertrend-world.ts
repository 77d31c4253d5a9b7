import { dealertrend } from '../../jobs/dealertrend/definition'
import { sync } from '../../jobs/dealertrend/sync'
import { startSandbox } from '../../sandbox'
import type { CompanyInput } from '../../sandbox/dealertrend/company-spec'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from './door'
import { SyncDriver } from './drive-sync'

export const epoch = new Date('2026-03-10T16:00:00Z')

export interface WorldOptions {
  /** Company 46, and others beside it. */
  readonly company?: Partial<CompanyInput>
  readonly others?: readonly CompanyInput[]
  readonly largestPage?: number
  readonly settings?: Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, unknown>>
  readonly account?: string
}

/** A sandbox with company 46, and one account on it that is synced in memory. Time stands still until `pass`. */
export async function dealertrendWorld({
  company = {},
  others = [],
  largestPage = 10,
  settings = {},
  secrets = {},
  account = '46',
}: WorldOptions = {}) {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    dealertrend: {
      companies: [{ id: 46, name: 'Sample Motors', vehicles: { New: 25, Used: 12 }, ...company }, ...others],
      limits: { perSecond: 100_000, inFlight: 1 },
      largestPage,
    },
  })
  const vendor = sandbox.vendors.dealertrend
  const asked: string[] = []
  const answer = vendor.answer.bind(vendor)
  vendor.answer = (request) => {
    asked.push(`${request.path}?${request.query.toString()}`)
    return answer(request)
  }
  const calls: VendorCall[] = []
  const { door, waits } = testDoor(sandbox.baseUrl('dealertrend'), {
    onCall: (call) => calls.push(call),
    now: () => now,
  })
  const driver = new SyncDriver(dealertrend, sync, {
    externalId: account,
    timezone: 'America/New_York',
    secrets,
    settings,
    http: door,
    now: () => now,
  })
  return {
    sandbox,
    vendor,
    door,
    driver,
    waits,
    calls,
    asked,
    now: () => now,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** The paths and queries that a whole sync asks for. */
    run: async () => {
      const before = asked.length
      await driver.run()
      return asked.slice(before)
    },
    /** What the truth has and the copy has not, or has otherwise. Of vehicles that have gone only that they have. */
    differences: () => {
      const lines: string[] = []
      const { dealertrend_vehicles } = vendor.truth(account)
      const rows = new Map(driver.rows)
      for (const row of dealertrend_vehicles) {
        const key = `${String(row['company_id'])} ${String(row['vehicle_id'])}`
        const held = rows.get(key)
        rows.delete(key)
        if (!held && row['gone'] === true) continue
        if ((held?.['gone'] ?? false) !== (row['gone'] ?? false)) lines.push(`${key} gone`)
        for (const [name, value] of Object.entries(row)) {
          if (name !== 'gone' && plain(held?.[name]) !== plain(value)) {
            lines.push(`${key} ${name}: expected ${plain(value)}, held ${plain(held?.[name])}`)
          }
        }
      }
      return [...lines, ...[...rows.keys()].map((key) => `${key} is there and should not be`)]
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

/** Numbers are compared as text: a copy keeps them so. */
const plain = (value: unknown): string =>
  typeof value === 'number' ? JSON.stringify(String(value)) : JSON.stringify(value)
