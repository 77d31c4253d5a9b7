import { googleAds } from '../../jobs/google-ads/definition'
import { sync } from '../../jobs/google-ads/sync'
import { SyncDriver } from './drive-sync'
import { googleCustomer, googleSecrets, googleWorld } from './google-world'

type Row = Readonly<Record<string, unknown>>

/** The tables of the job's streams. */
export const streams = {
  campaign_days: 'google_ads_campaign_days',
  ad_group_days: 'google_ads_ad_group_days',
  ad_days: 'google_ads_ad_days',
} as const
type Stream = keyof typeof streams
export const names = Object.keys(streams) as Stream[]

/** A sandbox, a driver of the job for one customer, and what a faithful copy holds. */
export const googleAdsWorld = async ({
  settings = { first_load_months: 2 },
  timezone = googleCustomer.timezone,
  ...options
}: Parameters<typeof googleWorld>[0] & { settings?: Record<string, unknown>; timezone?: string } = {}) => {
  const world = await googleWorld({ ...options, customer: { timezone, ...options.customer } })
  const driver = new SyncDriver(googleAds, sync, {
    externalId: googleCustomer.id,
    timezone,
    secrets: googleSecrets,
    settings,
    http: world.door,
    now: world.now,
  })
  const truthOf = (stream: Stream): Row[] => [
    ...(world.vendor.truth(googleCustomer.id)[streams[stream]] ?? []),
  ]
  return {
    ...world,
    driver,
    customer: world.vendor.customer(googleCustomer.id),
    truthOf,
    /** The queries that a whole sync takes. */
    run: async () => {
      const before = world.queries()
      await driver.run()
      return world.queries() - before
    },
    expectTruth: () => {
      for (const name of names) {
        const keys = googleAds.streams[name].key
        const sorted = (rows: Iterable<Row>): Row[] =>
          [...rows].toSorted((a, b) => (keyOf(a, keys) < keyOf(b, keys) ? -1 : 1))
        expect(sorted(driver.stream(name).rows.values())).toEqual(sorted(truthOf(name)))
      }
    },
    /** Days that were completed, stream by stream. */
    windows: (from = 0) =>
      driver.pages
        .slice(from)
        .flatMap(({ stream, completes }) =>
          typeof completes === 'object' ? [`${stream} ${completes.from} ${completes.to}`] : [],
        ),
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  }
}

const keyOf = (row: Row, keys: readonly string[]): string => keys.map((key) => String(row[key])).join(' ')
