import { createHash } from 'node:crypto'
import { VendorConfigError, type SyncError } from '../../job/errors'
import type { HttpDoor, VendorAccess, VendorAnswer } from '../../job/http'
import { minutes } from '../../lib/durations'
import { TokenAnswer } from './answers'
import { meaningOf, tokenMeaningOf } from './meaning'

/** The parts of a credential that a request needs. */
export interface DealerVaultSecrets {
  readonly subscription_key: string
  readonly user_email: string
}

/** A token is good for half an hour; the vendor's documentation has it renewed after 25 minutes. */
const tokenLifetime = minutes(25)

/** How DealerVault is spoken to: everything is counted by subscription key, which serves all rooftops of the program. */
export function dealervaultAccess(secrets: DealerVaultSecrets, door: HttpDoor): VendorAccess {
  const application = applicationAccess(secrets)
  const owner = digestOf(`${secrets.subscription_key} ${secrets.user_email}`)
  return {
    ...application,
    token: {
      key: `dealervault-${owner}`,
      fetch: async (signal) => {
        const { token } = await door
          .for({ ...application, translate: tokenMeaningOf })
          .get('/token', { schema: TokenAnswer, signal })
        return { value: token, lifetime: tokenLifetime }
      },
      headersOf: (token) => ({ 'X-Jwt-Token': token }),
      // With a wait, 403 is about a quota instead.
      isRefusal: ({ status, headers }) => status === 403 && headers.get('retry-after') === null,
    },
    translate: meaningOf,
  }
}

/** The same for what is asked about one delivery, which the vendor may have forgotten. */
export function deliveryAccess(secrets: DealerVaultSecrets, door: HttpDoor): VendorAccess {
  return { ...dealervaultAccess(secrets, door), translate: lostOr }
}

/** The vendor knows no delivery of this id, or none any more. */
export class LostDeliveryError extends VendorConfigError {
  override name = 'LostDeliveryError'
}

function lostOr(answer: VendorAnswer): SyncError | undefined {
  if (answer.status !== 404) return meaningOf(answer)
  return new LostDeliveryError(`the vendor knows no such delivery any more (${answer.request}: status 404)`)
}

function applicationAccess({ subscription_key, user_email }: DealerVaultSecrets): VendorAccess {
  return {
    host: 'dealervault',
    headers: {
      'Ocp-Apim-Subscription-Key': subscription_key,
      'X-User': user_email,
      'Content-Type': 'application/json',
    },
    // The vendor publishes no limit. We hold ourselves to 3 in any second, and keep away from it: requests arrive unevenly.
    bucket: { key: `dealervault-${digestOf(subscription_key)}`, perSecond: 2, inFlight: 3 },
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
