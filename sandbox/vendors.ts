import { CtmVendor, type CtmVendorOptions } from './ctm/ctm-vendor'
import type { World } from './vendor'

/** What each vendor may be told at the start. */
export interface VendorsOptions {
  readonly ctm?: CtmVendorOptions
}

/** The simulated vendors, by name. A new one needs a line here and nothing else. */
export const vendorsOf = (world: World, options: VendorsOptions) => ({
  ctm: new CtmVendor(world, options.ctm),
})
export type Vendors = ReturnType<typeof vendorsOf>
