import { check } from '../../../../jobs/ads-creatives/check'
import { adsCreatives } from '../../../../jobs/ads-creatives/definition'
import { sync } from '../../../../jobs/ads-creatives/sync'
import { startSandbox } from '../../../../sandbox'
import type { VendorRequest } from '../../../../sandbox/vendor'
import type { GoogleVendor } from '../../../../sandbox/google/google-vendor'
import type { MetaVendor } from '../../../../sandbox/meta/meta-vendor'
import { days, hours } from '../../../../src/lib/durations'
import {
  type ConformanceCase,
  type ConformanceFault,
  type ConformanceWorld,
  deadLetter,
  type OpenOptions,
} from '../case'
import { altering } from '../altered-answers'

const metaSecrets = {
  access_token: 'EAAB-the-systems-token',
  app_secret: 'the-apps-own-secret',
  app_id: '88150',
}
const googleSecrets = {
  flow: 'refresh_token',
  client_id: 'conformance.apps.example',
  client_secret: 'conformance-client-secret',
  refresh_token: '1//conformance-refresh-token',
  developer_token: 'conformance-developer-token',
} as const
const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const
const metaNumber = (index: number): number => 300_400_501 + index
const googleNumber = (index: number): string => String(9_990_002_001 + index)

/** Accounts on both platforms, the first and all from the third on at the platform that the tests are about. */
export async function open(
  first: 'google' | 'meta',
  { now, epoch, accounts, limits }: OpenOptions,
  things: (vendors: { google: GoogleVendor; meta: MetaVendor }, now: () => Date) => Partial<ConformanceWorld>,
): Promise<ConformanceWorld> {
  const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => {
    const credential = index === 1 ? (first === 'google' ? 'meta' : 'google') : first
    const id = credential === 'google' ? googleNumber(index) : metaNumber(index)
    return { externalId: `${credential}:${id}`, credential, timezone }
  })
  const free = limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}
  const sandbox = await startSandbox({
    port: 0,
    now,
    epoch,
    google: {
      customers: zones.map((timezone, index) => ({
        id: googleNumber(index),
        name: `Customer ${index}`,
        timezone,
        campaigns: 3,
        adsEach: 3,
        contentLasts: hours(30),
      })),
      credentials: [googleSecrets],
      pageRows: 20,
      ...free,
    },
    meta: {
      accounts: zones.map((timezone, index) => ({
        id: metaNumber(index),
        name: `Account ${index}`,
        timezone,
        ads: 9,
        history: days(40),
        newAdEvery: hours(30),
        statesLast: hours(30),
        creativesLast: days(20),
        largestPage: 4,
      })),
      tokens: [{ ...metaSecrets, wants_proof: true }],
      ...free,
    },
  })
  const { google, meta } = sandbox.vendors
  return {
    sandbox,
    credentials: [
      { id: 'google', secrets: googleSecrets },
      { id: 'meta', secrets: metaSecrets },
    ],
    accounts: held,
    truth: (externalId) =>
      Object.fromEntries(
        Object.entries((externalId.startsWith('google') ? google : meta).truth(externalId)).filter(
          ([table]) => table.startsWith('ads_creatives_'),
        ),
      ),
    revoke: (credential) =>
      credential === 'google'
        ? google.revoke(googleSecrets.refresh_token)
        : meta.revoke(metaSecrets.access_token),
    restore: (credential) =>
      credential === 'google'
        ? google.restore(googleSecrets.refresh_token)
        : meta.restore(metaSecrets.access_token),
    ...things({ google, meta }, now),
  }
}

export const common = {
  job: adsCreatives,
  sync,
  check,
  // Ads are public; what must not stay anywhere is what lets us in, also where the vendor puts it into links.
  canaries: [/access_token=/, /ya29\.[\w-]{20,}/],
} satisfies Partial<ConformanceCase<typeof adsCreatives>>

/** From now on, a good answer to what is asked lists nothing. */
export const emptied =
  (platform: 'google' | 'meta', isAsked: (request: VendorRequest) => boolean, body: unknown) =>
  ({ sandbox }: ConformanceWorld): void =>
    altering(sandbox.vendors[platform])((request) =>
      lists.empty && isAsked(request) ? { status: 200, body } : undefined,
    )
const lists = { empty: false }
export const empty = (inject: (world: ConformanceWorld) => void): ConformanceFault => ({
  name: 'a listing without any of the ads there were',
  during: 'later',
  inject: (world) => {
    lists.empty = true
    inject(world)
  },
  mend: () => {
    lists.empty = false
  },
  expected: deadLetter('shrink_guard'),
})
