import { metaAds } from '../../jobs/meta-ads/definition'
import { sync } from '../../jobs/meta-ads/sync'
import { NotReadyError } from '../../src/job/errors'
import { startSandbox } from '../../sandbox'
import type { MetaVendorOptions } from '../../sandbox/meta/meta-vendor'
import type { RateLimiter } from '../../src/job/rate-limiter'
import { days } from '../../src/lib/durations'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { SyncDriver } from '../support/drive-sync'
import { unlimited } from '../support/unlimited'

export const epoch = new Date('2026-03-10T16:00:00Z')
export const secrets = { access_token: 'EAAB-token', app_secret: 'the-secret', app_id: '88150' }

type AccountSpec = NonNullable<MetaVendorOptions['accounts']>[number]

/** One ad account in memory, the simulated vendor it is read from, and a clock that stands still. */
export async function metaWorld({
  account = {},
  timezone = 'America/Chicago',
  settings = { first_load_months: 2 },
  wantsProof = true,
  start = epoch,
  limiter = unlimited,
}: {
  account?: Partial<AccountSpec>
  timezone?: string
  settings?: object
  wantsProof?: boolean
  start?: Date
  limiter?: RateLimiter
} = {}) {
  let now = start
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    meta: {
      accounts: [
        { id: 7, name: 'Seven', timezone, history: days(55), newAdEvery: 0, ...account },
        { id: 8, name: 'Eight', timezone },
      ],
      tokens: [
        { ...secrets, wants_proof: wantsProof, accounts: [7] },
        { ...secrets, access_token: 'EAAB-other', accounts: 'all' },
      ],
      limits: { perSecond: 100_000, inFlight: 100 },
    },
  })
  const calls: VendorCall[] = []
  const { door, waits } = testDoor(sandbox.baseUrl('meta'), {
    limiter,
    onCall: (call) => calls.push(call),
    now: () => now,
  })
  const vendor = sandbox.vendors.meta
  const driver = new SyncDriver(metaAds, sync, {
    externalId: '7',
    timezone,
    secrets,
    settings,
    http: door,
    now: () => now,
  })
  const pass = (milliseconds: number): void => {
    now = new Date(now.getTime() + milliseconds)
  }
  return {
    sandbox,
    vendor,
    account: vendor.account(7),
    door,
    driver,
    waits,
    calls,
    pass,
    now: () => now,
    /** The requests that a whole sync takes, however often it has to wait for a report. */
    run: async (): Promise<number> => {
      const before = calls.length
      await untilReady(async () => driver.run(), pass)
      return calls.length - before
    },
    /** What is held and what should be, in the truth's columns, by key. */
    compared: () => {
      const truth = [...(vendor.truth('7')['meta_ads_ad_days'] ?? [])]
      const fields = Object.keys(truth[0] ?? {})
      return {
        held: canonical([...driver.rows.values()], fields),
        truth: canonical(truth, fields),
      }
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

export type MetaWorld = Awaited<ReturnType<typeof metaWorld>>

/** Waits as the engine does: the clock goes on for as long as was asked for, and another attempt begins. */
export async function untilReady(attempt: () => Promise<void>, pass: (milliseconds: number) => void) {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof NotReadyError) || attempts > 200) throw error
      pass(error.retryAfter)
    }
  }
}

function canonical(rows: readonly Readonly<Record<string, unknown>>[], fields: readonly string[]) {
  const { columns } = metaAds.streams.ad_days
  return rows
    .map((row) =>
      fields
        .map((name) => JSON.stringify(columns[name as keyof typeof columns].value.parse(row[name])))
        .join(' '),
    )
    .toSorted()
}
