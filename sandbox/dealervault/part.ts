import type { SandboxPart } from '../part'
import { DealerVaultVendor, type DealerVaultVendorOptions } from './dealervault-vendor'
import { demoOf } from './demo'

export const dealervaultPart: SandboxPart<DealerVaultVendorOptions, DealerVaultVendor> = {
  create: (world, options) => new DealerVaultVendor(world, options),
  settings: (url) => ({ DEALERVAULT_API_URL: `${url}/dealervault` }),
  demo: demoOf,
}
