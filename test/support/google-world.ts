import { vendorHosts, type VendorHost } from '../../src/job/http'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import type { GoogleAdsSecrets } from '../../src/vendors/google/access'
import type { VendorCall, VendorDoorOptions } from '../../src/vendors/http'
import { startSandbox } from '../../sandbox'
import type { GoogleVendorOptions } from '../../sandbox/google/google-vendor'
import { testDoor } from './door'

export const googleEpoch = new Date('2026-03-10T16:00:00Z')

export const googleSecrets = {
  flow: 'refresh_token',
  client_id: 'client',
  client_secret: 'client-secret',
  refresh_token: 'refresh',
  developer_token: 'developer',
  login_customer_id: '1112223333',
} as const satisfies GoogleAdsSecrets

const { login_customer_id: manager, ...credential } = googleSecrets

/** The customer that tests are about; the manager's. */
export const googleCustomer = {
  id: '9990001111',
  name: 'Nine',
  timezone: 'America/Chicago',
  manager,
  campaigns: 3,
  history: 40,
}

/** A sandbox with Google in it, a door to it, and a clock that the test moves. */
export async function googleWorld({
  customer = {},
  google = {},
  start = googleEpoch,
}: {
  customer?: Partial<(GoogleVendorOptions['customers'] & object)[number]>
  google?: GoogleVendorOptions
  start?: Date
} = {}) {
  let now = start
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch: googleEpoch,
    google: {
      customers: [
        { id: manager, name: 'Manager', isManager: true },
        { ...googleCustomer, ...customer },
        { ...googleCustomer, id: '9990002222', name: 'Other' },
      ],
      credentials: [credential],
      limits: { perSecond: 100_000, inFlight: 20 },
      ...google,
    },
  })
  const calls: VendorCall[] = []
  const url = sandbox.baseUrl('google')
  const baseUrls = Object.fromEntries(vendorHosts.map((host) => [host, `${url}/elsewhere`]))
  const options = {
    baseUrls: {
      ...(baseUrls as Record<VendorHost, string>),
      googleOauth: `${url}/oauth2`,
      googleAds: `${url}/ads`,
    },
    onCall: (call: VendorCall) => void calls.push(call),
    now: () => now,
    tokenClock: () => now.getTime(),
  }
  const { door, waits } = testDoor(url, options)
  return {
    sandbox,
    vendor: sandbox.vendors.google,
    door,
    /** Another door to the same sandbox, for the caller to dispose of. */
    doorWith: (more: Partial<VendorDoorOptions>) => testDoor(url, { ...options, ...more }).door,
    waits,
    calls,
    now: () => now,
    clientOf: (secrets: GoogleAdsSecrets = googleSecrets) => new GoogleAdsClient(door, secrets, now),
    /** Requests for rows, that is without those for tokens. */
    queries: () => calls.filter(({ host }) => host === 'googleAds').length,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}
export type GoogleWorld = Awaited<ReturnType<typeof googleWorld>>
