import type { SandboxPart } from '../part'
import { CtmVendor, type CtmVendorOptions } from './ctm-vendor'
import { demoOf } from './demo'

export const ctmPart: SandboxPart<CtmVendorOptions, CtmVendor> = {
  create: (world, options) => new CtmVendor(world, options),
  settings: (url) => ({ CTM_API_URL: `${url}/ctm/api/v1` }),
  demo: demoOf,
}
