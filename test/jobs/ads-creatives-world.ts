import { adsCreatives } from '../../jobs/ads-creatives/definition'
import { sync } from '../../jobs/ads-creatives/sync'
import { startSandbox } from '../../sandbox'
import type { GoogleVendorOptions } from '../../sandbox/google/google-vendor'
import type { MetaVendorOptions } from '../../sandbox/meta/meta-vendor'
import { days } from '../../src/lib/durations'
import { vendorHosts, type VendorHost } from '../../src/job/http'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { SyncDriver } from '../support/drive-sync'

export type Row = Readonly<Record<string, unknown>>
export type StreamName = keyof typeof adsCreatives.streams

export const epoch = new Date('2026-03-10T16:00:00Z')
export const metaSecrets = { access_token: 'EAAB-token', app_secret: 'the-secret', app_id: '88150' }
export const googleSecrets = {
  flow: 'refresh_token',
  client_id: 'client',
  client_secret: 'client-secret',
  refresh_token: 'refresh',
  developer_token: 'developer',
} as const

export const accounts = { google: 'google:9990001111', meta: 'meta:7' } as const
const timezone = 'America/Chicago'

interface WorldOptions {
  readonly platform: keyof typeof accounts
  readonly customer?: Partial<NonNullable<GoogleVendorOptions['customers']>[number]>
  readonly google?: GoogleVendorOptions
  readonly account?: Partial<NonNullable<MetaVendorOptions['accounts']>[number]>
}

/** Both platforms, one account of either in memory, and a clock that the test moves. */
export async function creativesWorld({ platform, customer, google, account }: WorldOptions) {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    google: {
      customers: [{ id: '9990001111', name: 'Nine', timezone, campaigns: 3, adsEach: 4, ...customer }],
      credentials: [googleSecrets],
      limits: { perSecond: 100_000, inFlight: 100 },
      ...google,
    },
    meta: {
      accounts: [{ id: 7, name: 'Seven', timezone, ads: 12, history: days(55), newAdEvery: 0, ...account }],
      tokens: [{ ...metaSecrets, wants_proof: true }],
      limits: { perSecond: 100_000, inFlight: 100 },
    },
  })
  const calls: VendorCall[] = []
  const googleUrl = sandbox.baseUrl('google')
  const elsewhere = Object.fromEntries(vendorHosts.map((host) => [host, `${sandbox.url}/elsewhere`]))
  const { door, waits } = testDoor(sandbox.url, {
    baseUrls: {
      ...(elsewhere as Record<VendorHost, string>),
      googleOauth: `${googleUrl}/oauth2`,
      googleAds: `${googleUrl}/ads`,
      metaGraph: sandbox.baseUrl('meta'),
    },
    onCall: (call) => calls.push(call),
    now: () => now,
    tokenClock: () => now.getTime(),
  })
  const externalId = accounts[platform]
  const driver = new SyncDriver(adsCreatives, sync, {
    externalId,
    timezone,
    secrets: platform === 'google' ? googleSecrets : metaSecrets,
    http: door,
    now: () => now,
  })
  return {
    sandbox,
    driver,
    door,
    calls,
    waits,
    customer: sandbox.vendors.google.customer('9990001111'),
    account: sandbox.vendors.meta.account(7),
    now: () => now,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** Rows that are there, by the values of their key. */
    rows: (stream: StreamName): Map<string, Row> =>
      new Map([...driver.stream(stream).rows].filter(([, row]) => row['gone'] !== true)),
    gone: (stream: StreamName): Row[] =>
      [...driver.stream(stream).rows.values()].filter((row) => row['gone'] === true),
    /** How what is held differs from the truth, a line each. */
    differences: () =>
      differences(driver, sandbox.vendors[platform].truth(externalId) as Record<string, Iterable<Row>>),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}
export type CreativesWorld = Awaited<ReturnType<typeof creativesWorld>>

function differences(driver: SyncDriver, truth: Readonly<Record<string, Iterable<Row>>>): string[] {
  return Object.entries(adsCreatives.streams).flatMap(([name, stream]) => {
    const columns: Readonly<Record<string, { value: { parse: (value: unknown) => unknown } }>> =
      stream.columns
    const held = new Map(driver.stream(name).rows)
    const lines: string[] = []
    for (const row of truth[stream.table] ?? []) {
      const key = stream.key.map((column) => String(row[column])).join(' ')
      const kept = held.get(key)
      held.delete(key)
      if (!kept) {
        if (row['gone'] !== true) lines.push(`${name} ${key} is missing`)
        continue
      }
      for (const field of Object.keys(row)) {
        const canonical = (value: unknown): string =>
          field === 'gone' ? String(value === true) : JSON.stringify(columns[field]?.value.parse(value))
        if (canonical(row[field]) !== canonical(kept[field]))
          lines.push(`${name} ${key} ${field}: ${canonical(kept[field])}, expected ${canonical(row[field])}`)
      }
      if (row['gone'] !== true && kept['gone'] === true) lines.push(`${name} ${key} is gone`)
    }
    return [...lines, ...[...held.keys()].map((key) => `${name} ${key} should not be there`)]
  })
}
