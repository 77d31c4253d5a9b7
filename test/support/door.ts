import { vendorHosts, type VendorHost } from '../../src/job/http'
import { VendorDoor, type VendorDoorOptions } from '../../src/vendors/http'
import { unlimited } from './unlimited'

/** A door whose every host is the same local server. Waits end at once and are recorded. */
export function testDoor(
  url: string,
  options: Partial<VendorDoorOptions> = {},
): { door: VendorDoor; waits: number[] } {
  const waits: number[] = []
  const baseUrls = Object.fromEntries(vendorHosts.map((host) => [host, url])) as Record<VendorHost, string>
  const door = new VendorDoor({
    baseUrls,
    versions: { salesforce: 'v67.0', googleAds: 'v25', metaGraph: 'v26.0' },
    limiter: unlimited,
    trustsPlainHttpSettings: true,
    version: '1.2.3',
    wait: async (milliseconds, signal) => {
      signal.throwIfAborted()
      waits.push(Math.round(milliseconds))
    },
    random: () => 0.5,
    ...options,
  })
  return { door, waits }
}
