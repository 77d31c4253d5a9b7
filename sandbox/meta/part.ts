import type { SandboxPart } from '../part'
import { demoOf } from './demo'
import { MetaVendor, type MetaVendorOptions } from './meta-vendor'

export const metaPart: SandboxPart<MetaVendorOptions, MetaVendor> = {
  create: (world, options) => new MetaVendor(world, options),
  settings: (url) => ({ META_GRAPH_URL: `${url}/meta` }),
  demo: demoOf,
}
