import { check } from '../../../../jobs/authenticom/check'
import { authenticom } from '../../../../jobs/authenticom/definition'
import { sync } from '../../../../jobs/authenticom/sync'
import { startSandbox } from '../../../../sandbox'
import { days, hours, seconds } from '../../../../src/lib/durations'
import {
  type ConformanceCase,
  type ConformanceWorld,
  deadLetter,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
  parksCredential,
  partialUntilReset,
} from '../case'

const program = {
  program_id: 'DVV10001',
  subscription_key: 'agency-subscription-key',
  user_email: 'feeds@agency.example',
}
const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const
const fileTypes = ['SL', 'SV', 'SV_APPT', 'INV'] as const

/** How Authenticom is tested: its small world, and what can go wrong in it. */
export const authenticomCase: ConformanceCase<typeof authenticom> = {
  job: authenticom,
  sync,
  check,
  canaries: [/CANARY (?!\S*\d)/, '1 CANARY STREET', /canary\.(co|second)/i, /555.?01\d\d/],
  without: { foreignHost: 'its answers name no address' },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    // Three requests a second are allowed: where they are counted, two feeds are enough of them.
    const feeds = limits === 'none' ? fileTypes : (['SL', 'INV'] as const)
    const held = Array.from({ length: Math.max(2, accounts) }, (_, index) => ({
      externalId: `DVD${40001 + index}`,
      credential: 'agency',
      timezone: zones[index % zones.length] ?? 'America/Denver',
      settings: { feeds },
    }))
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      dealervault: {
        program,
        rooftops: held.map(({ externalId, timezone }, index) => ({
          id: externalId,
          timezone,
          // The first one has three pages of deals.
          sales: index === 0 ? 105 : 40,
          serviceOrders: 60,
          appointments: 40,
          vehicles: 20,
          feeds: [...feeds],
          every: hours(3),
          changedWithin: days(2),
          pollEvery: hours(2),
          dms: index % 2 === 0 ? 'SAMPLE A' : 'SAMPLE B',
        })),
        // Longer than it takes to ask, and over at the first look.
        makingTime: seconds(10),
        largestPage: 50,
        ...(limits === 'none'
          ? { limits: { perSecond: 100_000, inFlight: 1000 }, deliveriesAtOnce: 1000 }
          : {}),
      },
    })
    const vendor = sandbox.vendors.dealervault
    return {
      sandbox,
      credentials: [{ id: 'agency', secrets: program }],
      accounts: held,
      truth: (externalId) => vendor.truth(externalId),
      revoke: () => vendor.revoke(),
      restore: () => vendor.restore(),
      expireTokens: () => vendor.expireTokens(),
      malformed: (externalId) => vendor.malform(externalId),
      duplicates: (externalId) => vendor.double(externalId),
      emptyPage: (externalId) => vendor.pause(externalId),
      changeWhileRead: (externalId, page) => {
        const key = String(200 + page).padStart(7, '0')
        vendor.change(externalId, 'SL', key, { raw: { Term: '84' }, truth: { term: 84 } })
      },
      isExtractStart: ({ method, path }) => method === 'POST' && path === '/delivery',
    }
  },
  faults: [
    ...ordinaryFaults('/delivery?requestId'),
    ...ordinaryFaults('/token').map((fault) => ({ ...fault, name: `${fault.name}, for a token` })),
    {
      name: 'a subscription key that is refused',
      faults: [{ kind: 'status', status: 401, path: '/token' }],
      expected: parksCredential,
    },
    {
      name: 'a token that is refused',
      faults: [{ kind: 'quirk', name: 'stale-token', path: '/delivery' }],
      expected: gotOver,
    },
    {
      name: 'a rooftop that is not granted',
      faults: [{ kind: 'quirk', name: 'stale-token', path: '/delivery', times: 2 }],
      expected: parksAccount,
    },
    {
      name: 'a quota that is spent',
      faults: [{ kind: 'quirk', name: 'quota', path: '/delivery' }],
      expected: partialUntilReset,
    },
    ...[400, 404].map((status) => ({
      name: `a delivery that gets ${status}`,
      faults: [{ kind: 'status', status, path: '/delivery?' } as const],
      expected: parksAccount,
    })),
    {
      name: 'a delivery that is purged',
      faults: [{ kind: 'quirk', name: 'purged', path: '/delivery/' }],
      expected: gotOverAfter('not_ready'),
    },
    {
      name: 'a delivery that is unknown',
      faults: [{ kind: 'quirk', name: 'lost', path: '/delivery/' }],
      expected: gotOverAfter('not_ready'),
    },
    {
      name: 'a delivery that is lost twice',
      faults: [{ kind: 'quirk', name: 'lost', path: '/delivery/', times: 2 }],
      expected: deadLetter('vendor_response'),
    },
    {
      name: 'a delivery that is lost between two pages',
      faults: [{ kind: 'quirk', name: 'lost', path: 'continuationToken' }],
      expected: gotOver,
    },
    {
      name: 'a delivery that fails',
      faults: [{ kind: 'quirk', name: 'error', path: '/delivery/' }],
      expected: gotOverAfter('not_ready'),
    },
    {
      name: 'totals that do not agree',
      faults: [{ kind: 'quirk', name: 'total-mismatch', path: 'continuationToken', skip: 1 }],
      expected: deadLetter('vendor_response'),
    },
    {
      name: 'a token for the next page that is refused',
      faults: [{ kind: 'quirk', name: 'refused-token', path: 'continuationToken' }],
      expected: gotOver,
    },
    {
      name: 'a page that leads back to itself',
      faults: [{ kind: 'quirk', name: 'loop', path: 'continuationToken' }],
      expected: deadLetter('paging_loop'),
    },
    {
      name: 'a feed without its key column',
      faults: [{ kind: 'quirk', name: 'without-key', path: '/delivery?requestId' }],
      expected: parksAccount,
    },
    {
      name: 'a lot that has shrunk to a quarter',
      during: 'later',
      inject: ({ sandbox }, { externalId }) => sandbox.vendors.dealervault.shrinkNextLot(externalId),
      expected: deadLetter('shrink_guard'),
    },
    {
      name: 'an answer without a body where nothing is new',
      during: 'later',
      faults: [{ kind: 'quirk', name: 'no-content', path: '/feeds/', times: fileTypes.length }],
      expected: { settles: 'ok' },
    },
  ],
}
