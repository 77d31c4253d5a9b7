import { createHash } from 'node:crypto'
import type { HttpDoor, RateBucket, VendorAccess } from '../../job/http'
import { minutes, seconds } from '../../lib/durations'
import { googleAdsMeaning } from './meaning'
import { googleToken, type GoogleSignIn } from './token'

/** The parts of a credential that a request needs. */
export type GoogleAdsSecrets = GoogleSignIn & {
  /** The agency's; its quota is shared by all who use it. */
  readonly developer_token: string
  /** The manager through which customers are reached, digits only. */
  readonly login_customer_id?: string | undefined
}

/** Google states no figures for requests per second; its waits begin at ten seconds and double. */
const pauses = { first: seconds(10), longest: minutes(15) }

/**
 * How Google Ads is spoken to about one customer. Every customer has a bucket within that of the developer token, because
 * Google's quotas concern either: one customer's rest holds up no other, the token's holds up all jobs that use it.
 */
export function googleAdsAccess(
  door: HttpDoor,
  secrets: GoogleAdsSecrets,
  customerId: string,
  now: () => Date,
): VendorAccess {
  const { developer_token, login_customer_id } = secrets
  const developer = developerBucket(developer_token)
  return {
    host: 'googleAds',
    headers: {
      'developer-token': developer_token,
      ...(login_customer_id === undefined ? {} : { 'login-customer-id': login_customer_id }),
    },
    token: googleToken(door, secrets, now),
    bucket: { key: `${developer.key}-${customerId}`, perSecond: 5, inFlight: 4, pauses, within: developer },
    // Up to the first rows of a heavy query, or for a page of ten thousand of them.
    timeout: minutes(5),
    maxBytes: 64 * 1024 * 1024,
    translate: (answer) => googleAdsMeaning(answer, developer.key),
  }
}

function developerBucket(token: string): RateBucket {
  const mark = createHash('sha256').update(token).digest('hex').slice(0, 16)
  return { key: `google-ads-${mark}`, perSecond: 10, inFlight: 20, pauses }
}
