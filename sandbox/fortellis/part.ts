import type { SandboxPart } from '../part'
import { demoOf } from './demo'
import { FortellisVendor, type FortellisVendorOptions } from './fortellis-vendor'

export const fortellisPart: SandboxPart<FortellisVendorOptions, FortellisVendor> = {
  create: (world, options) => new FortellisVendor(world, options),
  settings: (url) => ({
    FORTELLIS_IDENTITY_URL: `${url}/fortellis/identity`,
    FORTELLIS_API_URL: `${url}/fortellis/api`,
  }),
  demo: demoOf,
}
