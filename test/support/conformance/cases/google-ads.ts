import { check } from '../../../../jobs/google-ads/check'
import { googleAds } from '../../../../jobs/google-ads/definition'
import { sync } from '../../../../jobs/google-ads/sync'
import { startSandbox } from '../../../../sandbox'
import { addDays, dayOf } from '../../../../src/lib/local-days'
import {
  type ConformanceCase,
  type ConformanceFault,
  type ConformanceWorld,
  deadLetter,
  type Expected,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
  parksCredential,
  partialUntilReset,
} from '../case'

const manager = '1112223333'
const credential = {
  flow: 'refresh_token',
  client_id: 'conformance.apps.example',
  client_secret: 'conformance-client-secret',
  refresh_token: '1//conformance-refresh-token',
  developer_token: 'conformance-developer-token',
} as const
const zones = ['America/Chicago', 'America/Los_Angeles', 'America/New_York', 'America/Phoenix'] as const
/** Less than the shortest month, which is how far back the first load goes. */
const history = 26

const after = (name: string, quirk: string, expected: Expected, times = 1): ConformanceFault => ({
  name,
  faults: [{ kind: 'quirk', name: quirk, path: 'search', times }],
  expected,
})

/** How GoogleAds is tested: its small world, and what can go wrong in it. */
export const googleAdsCase: ConformanceCase<typeof googleAds> = {
  job: googleAds,
  sync,
  check,
  // The reports hold no personal data; the access tokens are what must not stay anywhere.
  canaries: [/ya29\.[\w-]{20,}/],
  without: {
    foreignHost: 'no answer of Google’s names an address',
    isExtractStart: 'there are no extracts',
  },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => ({
      externalId: String(9_990_002_001 + index),
      credential: 'agency',
      timezone,
      settings: { first_load_months: 1, currency: 'USD' },
    }))
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      google: {
        customers: [
          { id: manager, name: 'Manager', isManager: true },
          ...held.map(({ externalId, timezone }) => ({
            id: externalId,
            name: `Customer ${externalId}`,
            timezone,
            manager,
            history,
            campaigns: 3,
          })),
        ],
        credentials: [credential],
        ...(limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}),
        pageRows: 60,
      },
    })
    const vendor = sandbox.vendors.google
    const daysAgo = (timezone: string, count: number): string => addDays(dayOf(now(), timezone), -count)
    const everywhere = (name: string): void =>
      sandbox.faults.add({ kind: 'quirk', name, path: 'searchStream', times: 1000 })

    return {
      sandbox,
      credentials: [{ id: 'agency', secrets: { ...credential, login_customer_id: manager } }],
      accounts: held,
      truth: (externalId) =>
        Object.fromEntries(
          Object.entries(vendor.truth(externalId)).filter(([table]) => table.startsWith('google_ads_')),
        ),
      revoke: () => vendor.revoke(credential.refresh_token),
      restore: () => vendor.restore(credential.refresh_token),
      expireTokens: () => vendor.tokens.expire(),
      malformed: (externalId) => {
        const customer = vendor.customer(externalId)
        const row = {
          'customer.id': externalId,
          'segments.date': daysAgo(customer.spec.timezone, 2),
          'campaign.id': '5',
          'metrics.clicks': '1',
        }
        customer.addOddity('campaign', { ...row, 'metrics.cost_micros': 'much' })
        customer.addOddity('campaign', { ...row, 'campaign.id': '6', 'metrics.impressions': '1.5' })
        customer.addOddity('ad_group', { ...row, 'ad_group.id': '7', 'metrics.clicks': 'none' })
        return 3
      },
      duplicates: () => everywhere('duplicate-batches'),
      emptyPage: () => everywhere('empty-batches'),
      changeWhileRead: (externalId, page) => {
        const customer = vendor.customer(externalId)
        const leaf = customer.campaigns[0]?.adGroups[0]?.ads[0]?.number ?? -1
        const day = daysAgo(customer.spec.timezone, page)
        customer.editDay(leaf, day, page % 2 === 0 ? null : { impressions: page, costMicros: 1_234_567 })
      },
    }
  },
  faults: [
    // What lasts for an attempt elsewhere makes us ask for fewer days here.
    ...ordinaryFaults('searchStream').map((fault) =>
      fault.name === 'a server error that lasts for an attempt' ? { ...fault, expected: gotOver } : fault,
    ),
    {
      name: 'a token endpoint that is down',
      faults: [{ kind: 'status', status: 503, path: 'token', times: 3 }],
      expected: gotOverAfter('vendor_unavailable'),
    },
    {
      name: 'a sign-in that is revoked',
      faults: [{ kind: 'quirk', name: 'invalid-grant', path: 'token' }],
      expected: parksCredential,
    },
    after('a token that is too old', 'token-expired', gotOver),
    after('tokens that stay refused', 'token-expired', parksCredential, 2),
    after('a token that was revoked', 'token-revoked', parksCredential, 2),
    after('a developer token that is not approved', 'developer-token-not-approved', parksCredential),
    after('a customer that is unknown', 'customer-not-found', parksAccount, 2),
    after('a customer that is closed', 'not-enabled', parksAccount),
    after('a customer that is not ours', 'permission-denied', parksAccount),
    after('a customer that is a manager', 'metrics-for-manager', parksAccount),
    after('a field that Google does not know', 'unrecognized-field', deadLetter('vendor_request')),
    after('a version that is over', 'unsupported-version', deadLetter('vendor_request')),
    after('the developer token’s quota', 'developer-quota', gotOverAfter('rate_limited')),
    after(
      'the developer token’s quota, without a wait',
      'developer-quota-open',
      gotOverAfter('rate_limited'),
    ),
    after('the account’s quota', 'account-quota', gotOverAfter('rate_limited')),
    after('queries that are too expensive for now', 'short-term-cost', gotOverAfter('rate_limited')),
    after('queries that are too expensive for today', 'long-term-cost', partialUntilReset),
    after('an internal error', 'internal-error', gotOver),
    after('an internal error until less is asked for', 'internal-error', gotOver, 6),
    after(
      'an internal error whatever is asked for',
      'internal-error',
      gotOverAfter('vendor_unavailable'),
      18,
    ),
    after('a deadline that Google did not keep', 'deadline-exceeded', gotOver, 3),
    after('a passing error', 'transient-error', gotOver, 2),
    after('a passing error that lasts', 'transient-error', gotOverAfter('vendor_unavailable'), 3),
    after('a change at the same time', 'concurrent-modification', gotOver),
    after('an error inside a stream', 'error-in-stream', gotOver),
  ],
}
