import type { SandboxPart } from '../part'
import { demoOf } from './demo'
import { SalesforceVendor, type SalesforceVendorOptions } from './salesforce-vendor'

export const salesforcePart: SandboxPart<SalesforceVendorOptions, SalesforceVendor> = {
  create: (world, options) => new SalesforceVendor(world, options),
  settings: (url) => ({ SALESFORCE_LOGIN_URL: `${url}/salesforce` }),
  demo: demoOf,
}
