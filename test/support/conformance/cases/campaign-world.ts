import { startSandbox } from '../../../../sandbox'
import {
  type ConformanceFault,
  type ConformanceWorld,
  deadLetter,
  type Expected,
  type OpenOptions,
} from '../case'

type Platform = 'google' | 'meta'

const zones = ['America/Chicago', 'America/Los_Angeles', 'America/New_York', 'America/Phoenix'] as const
const manager = '1112223333'
const google = {
  flow: 'refresh_token',
  client_id: 'conformance.apps.example',
  client_secret: 'conformance-client-secret',
  refresh_token: '1//conformance-refresh-token',
  developer_token: 'conformance-developer-token',
} as const
const meta = { access_token: 'EAAB-the-systems-token', app_secret: 'the-apps-own-secret', app_id: '88150' }

/** The first account is of the platform that the suite is about, the second of the other one. */
export async function open(platform: Platform, { now, epoch, accounts, limits }: OpenOptions) {
  const other = platform === 'google' ? 'meta' : 'google'
  const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => {
    const on = index === 1 ? other : platform
    const id = on === 'google' ? 9_990_002_001 + index : 300_400_501 + index
    return { externalId: `${on}:${id}`, credential: on, timezone, on, id }
  })
  const unlimited = limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}
  const sandbox = await startSandbox({
    port: 0,
    now,
    epoch,
    google: {
      customers: [
        { id: manager, name: 'Manager', isManager: true },
        ...held
          .filter(({ on }) => on === 'google')
          .map(({ id, timezone }) => ({
            id: String(id),
            name: 'A customer',
            timezone,
            manager,
            campaigns: 9,
          })),
      ],
      credentials: [google],
      pageRows: 4,
      ...unlimited,
    },
    meta: {
      accounts: held
        .filter(({ on }) => on === 'meta')
        .map(({ id, timezone }) => ({ id, name: 'An account', timezone, campaigns: 55, largestPage: 25 })),
      tokens: [{ ...meta, wants_proof: true }],
      ...unlimited,
    },
  })
  const vendors = sandbox.vendors
  return {
    sandbox,
    credentials: [
      { id: 'google', secrets: { ...google, login_customer_id: manager } },
      { id: 'meta', secrets: meta },
    ],
    accounts: held,
    truth: (externalId) => {
      const [on] = externalId.split(':')
      const truth = vendors[on as Platform].truth(externalId)
      return { campaign_campaigns: truth['campaign_campaigns'] ?? [] }
    },
    revoke: (credential) =>
      credential === 'google'
        ? vendors.google.revoke(google.refresh_token)
        : vendors.meta.revoke(meta.access_token),
    restore: (credential) =>
      credential === 'google'
        ? vendors.google.restore(google.refresh_token)
        : vendors.meta.restore(meta.access_token),
  } satisfies ConformanceWorld
}

/** The vendor's own id of an account. */
export const idOf = (externalId: string): string => externalId.replace(/^\w+:/, '')

/** Takes a share of the campaigns out of all lists, until they are put back. */
export const unlisting = (platform: Platform, name: string, share: number): ConformanceFault => ({
  name,
  during: 'later',
  inject: ({ sandbox, truth }, { externalId }) => {
    const unlisted = unlistedOf(sandbox, platform, externalId)
    const ids = [...(truth(externalId)['campaign_campaigns'] ?? [])].map((row) => String(row['campaign_id']))
    for (const id of ids.slice(0, Math.ceil(ids.length * share))) unlisted.add(id)
  },
  mend: ({ sandbox }, { externalId }) => unlistedOf(sandbox, platform, externalId).clear(),
  expected: deadLetter('shrink_guard'),
})

function unlistedOf(
  { vendors }: ConformanceWorld['sandbox'],
  platform: Platform,
  externalId: string,
): Set<string> {
  const id = idOf(externalId)
  return platform === 'google' ? vendors.google.customer(id).unlisted : vendors.meta.account(id).unlisted
}

/** What a platform does wrong on request. */
export const quirk = (
  path: string,
  name: string,
  expected: Expected,
  { times = 1, skip = 0 }: { times?: number; skip?: number } = {},
): ConformanceFault => ({
  name: `${name}, ${times} times, at ${path}`,
  faults: [{ kind: 'quirk', name, path, times, skip }],
  expected,
})
