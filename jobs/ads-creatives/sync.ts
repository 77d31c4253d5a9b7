import type { Sync } from '../../src/job/sync'
import { platformOf } from '../../src/vendors/ad-platform'
import type { adsCreatives } from './definition'
import { listGoogle } from './list-google'
import { listMeta } from './list-meta'

/**
 * Lists what there is: creatives first, then the ads that show them, then which ad uses which. Nothing tells what changed, so
 * every sync lists all of it; what a complete listing lacks is marked gone.
 */
export const sync: Sync<typeof adsCreatives> = async function* (context) {
  const platform = platformOf(context.account.externalId, context.secrets)
  yield* platform.name === 'google' ? listGoogle(context, platform) : listMeta(context, platform)
}
