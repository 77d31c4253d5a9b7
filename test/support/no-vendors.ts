import { vendorHosts, type VendorHost } from '../../src/job/http'

/** Base URLs for what speaks to no vendor. */
export const noVendors = Object.fromEntries(
  vendorHosts.map((host) => [host, 'http://127.0.0.1:1']),
) as Record<VendorHost, string>
