import type { SandboxPart } from '../part'
import { DealertrendVendor, type DealertrendVendorOptions } from './dealertrend-vendor'
import { demoOf } from './demo'

export const dealertrendPart: SandboxPart<DealertrendVendorOptions, DealertrendVendor> = {
  create: (world, options) => new DealertrendVendor(world, options),
  settings: (url) => ({ DEALERTREND_API_URL: `${url}/dealertrend` }),
  demo: demoOf,
}
