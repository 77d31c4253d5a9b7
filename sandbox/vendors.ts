import { ctmPart } from './ctm/part'
import type { CtmVendorOptions } from './ctm/ctm-vendor'
import type { DealertrendVendorOptions } from './dealertrend/dealertrend-vendor'
import { dealertrendPart } from './dealertrend/part'
import type { DealerVaultVendorOptions } from './dealervault/dealervault-vendor'
import { dealervaultPart } from './dealervault/part'
import type { FortellisVendorOptions } from './fortellis/fortellis-vendor'
import { fortellisPart } from './fortellis/part'
import type { MetaVendorOptions } from './meta/meta-vendor'
import { metaPart } from './meta/part'
import type { GoogleVendorOptions } from './google/google-vendor'
import { googlePart } from './google/part'
import { salesforcePart } from './salesforce/part'
import type { SalesforceVendorOptions } from './salesforce/salesforce-vendor'
import type { World } from './vendor'

/** The simulated vendors, by name. */
export const parts = {
  ctm: ctmPart,
  dealertrend: dealertrendPart,
  dealervault: dealervaultPart,
  fortellis: fortellisPart,
  meta: metaPart,
  google: googlePart,
  salesforce: salesforcePart,
}

/** What each vendor may be told at the start. */
export interface VendorsOptions {
  readonly ctm?: CtmVendorOptions
  readonly dealertrend?: DealertrendVendorOptions
  readonly dealervault?: DealerVaultVendorOptions
  readonly fortellis?: FortellisVendorOptions
  readonly meta?: MetaVendorOptions
  readonly google?: GoogleVendorOptions
  readonly salesforce?: SalesforceVendorOptions
}

export const vendorsOf = (world: World, options: VendorsOptions) => ({
  ctm: parts.ctm.create(world, options.ctm),
  dealertrend: parts.dealertrend.create(world, options.dealertrend),
  dealervault: parts.dealervault.create(world, options.dealervault),
  fortellis: parts.fortellis.create(world, options.fortellis),
  google: parts.google.create(world, options.google),
  meta: parts.meta.create(world, options.meta),
  salesforce: parts.salesforce.create(world, options.salesforce),
})
export type Vendors = ReturnType<typeof vendorsOf>
