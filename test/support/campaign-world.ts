import { check } from '../../jobs/campaign/check'
import { campaign } from '../../jobs/campaign/definition'
import type { CampaignRecord } from '../../jobs/campaign/record'
import { sync } from '../../jobs/campaign/sync'
import { startSandbox } from '../../sandbox'
import type { GoogleVendorOptions } from '../../sandbox/google/google-vendor'
import type { MetaVendorOptions } from '../../sandbox/meta/meta-vendor'
import type { SimulatedVendor, VendorRequest } from '../../sandbox/vendor'
import { days } from '../../src/lib/durations'
import { vendorHosts, type VendorHost } from '../../src/job/http'
import { testDoor } from './door'
import { SyncDriver } from './drive-sync'

export const epoch = new Date('2026-03-10T16:00:00Z')
export const googleSecrets = {
  flow: 'refresh_token',
  client_id: 'client',
  client_secret: 'the-client-secret',
  refresh_token: 'refresh',
  developer_token: 'developer',
} as const
export const metaSecrets = { access_token: 'EAAB-token', app_secret: 'the-secret', app_id: '88150' }

export const platforms = ['google', 'meta'] as const
export type Platform = (typeof platforms)[number]

type Row = Readonly<Record<string, unknown>>
type CustomerSpec = NonNullable<GoogleVendorOptions['customers']>[number]
type AccountSpec = NonNullable<MetaVendorOptions['accounts']>[number]

/** One client on both platforms, the simulated vendors, and a clock that stands still. */
export async function campaignWorld({
  customer = {},
  account = {},
  pageRows = 10_000,
}: { customer?: Partial<CustomerSpec>; account?: Partial<AccountSpec>; pageRows?: number } = {}) {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    google: {
      customers: [
        { id: '9990001111', name: 'Nine', campaigns: 5, ...customer },
        { id: '9990009999', name: 'Manager', isManager: true },
      ],
      credentials: [googleSecrets],
      limits: { perSecond: 100_000, inFlight: 100 },
      pageRows,
    },
    meta: {
      accounts: [{ id: 7, name: 'Seven', timezone: 'America/Chicago', campaigns: 6, ...account }],
      tokens: [{ ...metaSecrets, wants_proof: true }],
      limits: { perSecond: 100_000, inFlight: 100 },
    },
  })
  const { google, meta } = sandbox.vendors
  const asked: VendorRequest[] = []
  for (const vendor of [google, meta] as SimulatedVendor[]) {
    const answer = vendor.answer.bind(vendor)
    vendor.answer = (request) => {
      if (!request.path.includes('oauth2')) asked.push(request)
      return answer(request)
    }
  }
  const baseUrls = {
    ...(Object.fromEntries(vendorHosts.map((host) => [host, 'http://127.0.0.1:1'])) as Record<
      VendorHost,
      string
    >),
    googleOauth: `${sandbox.baseUrl('google')}/oauth2`,
    googleAds: `${sandbox.baseUrl('google')}/ads`,
    metaGraph: sandbox.baseUrl('meta'),
  }
  const { door } = testDoor(sandbox.url, {
    baseUrls,
    now: () => now,
    tokenClock: () => now.getTime(),
  })
  const driverOf = (externalId: string, secrets: unknown): SyncDriver =>
    new SyncDriver(campaign, sync, {
      externalId,
      timezone: 'America/Chicago',
      secrets,
      http: door,
      now: () => now,
    })
  const drivers = {
    google: driverOf('google:9990001111', googleSecrets),
    meta: driverOf('meta:7', metaSecrets),
  }
  return {
    sandbox,
    google,
    meta,
    customer: google.customer('9990001111'),
    account: meta.account(7),
    door,
    drivers,
    driverOf,
    /** What Google Ads and Meta were asked for, oldest first; not for tokens. */
    asked,
    now: () => now,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** What is held and what should be, in the truth's columns, by key. */
    compared: (platform: 'google' | 'meta') => {
      const vendor = platform === 'google' ? google : meta
      const truth = [
        ...(vendor.truth(platform === 'google' ? '9990001111' : '7')['campaign_campaigns'] ?? []),
      ]
      const { rows } = drivers[platform]
      return {
        held: truth.map((row) => canonical(rows.get(keyOf(row)) ?? {}, row)),
        truth: truth.map((row) => canonical(row, row)),
        surplus: [...rows.keys()].filter((key) => !truth.some((row) => keyOf(row) === key)),
      }
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}
export type CampaignWorld = Awaited<ReturnType<typeof campaignWorld>>

const keyOf = (row: Row): string => `${String(row['platform'])} ${String(row['campaign_id'])}`

/** The columns that the truth names; a row that is gone and was never seen is as good as one marked gone. */
function canonical(row: Row, truth: Row): Row {
  const { columns } = campaign.streams.campaigns
  const isMissing = Object.keys(row).length === 0
  if (isMissing && truth['gone'] === true) return canonical(truth, truth)
  const names = Object.keys(truth).filter((name) => name !== 'gone')
  return {
    ...Object.fromEntries(
      names.map((name) => [name, columns[name as keyof typeof columns].value.safeParse(row[name]).data]),
    ),
    gone: row['gone'] === true,
  }
}

/** Several pages on both platforms. */
export const large = async (): Promise<CampaignWorld> =>
  campaignWorld({
    customer: { campaigns: 12 },
    pageRows: 5,
    account: { campaigns: 60, largestPage: 25, history: days(20) },
  })

/** What is held of the platform's account is what the vendor has. */
export function expectTruth(world: CampaignWorld, platform: Platform): void {
  const { held, truth, surplus } = world.compared(platform)
  expect(held).toEqual(truth)
  expect(surplus).toEqual([])
}

/** Campaigns that lists leave out. */
export const unlistedOf = (world: CampaignWorld, platform: Platform): Set<string> =>
  platform === 'google' ? world.customer.unlisted : world.account.unlisted

/** What the check of the account finds. */
export const checked = async (
  world: CampaignWorld,
  platform: Platform,
  externalId = platform === 'google' ? 'google:9990001111' : 'meta:7',
) =>
  check({
    account: { id: '1', clientId: 'client', externalId, timezone: 'America/Chicago', settings: {} },
    secrets: platform === 'google' ? googleSecrets : metaSecrets,
    http: world.door,
    signal: new AbortController().signal,
    now: world.now(),
  })

/** A record, and the columns that it does not fit. */
export const judged = (record: CampaignRecord) => ({
  record,
  wrong: Object.entries(campaign.streams.campaigns.columns)
    .filter(([name, column]) => !column.value.safeParse(record[name as keyof CampaignRecord]).success)
    .map(([name]) => name),
})
