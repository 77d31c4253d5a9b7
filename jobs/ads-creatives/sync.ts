import type { Sync } from '../../src/job/sync'
import type { adsCreatives } from './definition'
import { listGoogle } from './list-google'
import { listMeta } from './list-meta'
import { platformOf } from './platform-of'

/**
 * Lists what there is: creatives first, then the ads that show them, then which ad uses which. Nothing tells what changed, so
 * every sync lists all of it; what a complete listing lacks is marked gone.
 */
export const sync: Sync<typeof adsCreatives> = async function* (context) {
  const platform = platformOf(context.account.externalId, context.secrets)
  yield* platform.name === 'google' ? listGoogle(context, platform) : listMeta(context, platform)
}
