import type { SandboxPart } from '../part'
import { demoOf } from './demo'
import { GoogleVendor, type GoogleVendorOptions } from './google-vendor'

export const googlePart: SandboxPart<GoogleVendorOptions, GoogleVendor> = {
  create: (world, options) => new GoogleVendor(world, options),
  settings: (url) => ({
    GOOGLE_OAUTH_URL: `${url}/google/oauth2`,
    GOOGLE_ADS_API_URL: `${url}/google/ads`,
  }),
  demo: demoOf,
}
