import { VendorConfigError } from '../job/errors'
import type { GoogleAdsSecrets } from './google/access'
import type { MetaSecrets } from './meta/access'

/** On which platform an account is, by which id, and what lets us in there. */
export type Platform =
  | { readonly name: 'google'; readonly id: string; readonly secrets: GoogleAdsSecrets }
  | { readonly name: 'meta'; readonly id: string; readonly secrets: MetaSecrets }

/** Throws `VendorConfigError` where the account has the other platform's credential. */
export function platformOf(externalId: string, secrets: GoogleAdsSecrets | MetaSecrets): Platform {
  const [name, id = ''] = externalId.split(':')
  if (name === 'google' && 'flow' in secrets) return { name, id, secrets }
  if (name === 'meta' && 'access_token' in secrets) return { name, id, secrets }
  throw new VendorConfigError(
    `account ${externalId} has the credential of another platform: give it one for ${name}`,
  )
}
