import { createHmac } from 'node:crypto'
import type { RateBucket, VendorAccess } from '../../job/http'
import { minutes, seconds } from '../../lib/durations'
import { metaMeaning } from './meaning'
import { usageOf, type MetaProduct, type MetaUsage } from './usage'

/** The parts of a credential that a request needs. */
export interface MetaSecrets {
  readonly access_token: string
  /** Given, every call carries its proof. */
  readonly app_secret?: string | undefined
  readonly app_id: string
}

/** Who asks, for which ad account, and against which of its limits. */
export interface MetaCaller {
  readonly secrets: MetaSecrets
  /** Digits, without `act_`. */
  readonly accountId: string
  readonly product: MetaProduct
}

/** What the client learns from answers besides their contents. */
export interface MetaListener {
  readonly onUsage: (usage: MetaUsage) => void
  /** The vendor says that the version in the path will be gone soon. */
  readonly onAgeing: () => void
}

/**
 * Far below the nine thousand points in five minutes of standard access, for each ad account and product. The app's own
 * bucket is there to be blocked: its limit grows with its users, and the vendor names no figure.
 */
const paces = { ordinary: { perSecond: 5, inFlight: 2 }, careful: { perSecond: 0.5, inFlight: 1 } }
const pauses = { first: minutes(5), longest: minutes(60) }

/** How Meta is spoken to. `careful` is for when the vendor's headers say that a limit is near. */
export function metaAccess(
  { secrets, accountId, product }: MetaCaller,
  pace: keyof typeof paces,
  listener: MetaListener,
): VendorAccess {
  const app: RateBucket = { key: appKey(secrets.app_id), perSecond: 50, inFlight: 50, pauses }
  return {
    host: 'metaGraph',
    headers: { Authorization: `Bearer ${secrets.access_token}` },
    bucket: {
      key: `meta-${secrets.app_id}-${accountId}-${product}`,
      ...paces[pace],
      pauses,
      within: app,
    },
    // The vendor itself gives up on figures after a minute.
    timeout: seconds(90),
    translate: (answer) => {
      const usage = usageOf(answer.headers, product)
      listener.onUsage(usage)
      if (answer.headers.get('x-ad-api-version-warning')) listener.onAgeing()
      return metaMeaning(answer, usage, app.key)
    },
  }
}

const appKey = (appId: string): string => `meta-app-${appId}`

/** What shows that we hold the app's secret, as a query parameter; none where the credential has no secret. */
export function proofOf({ access_token, app_secret }: MetaSecrets): Readonly<Record<string, string>> {
  if (app_secret === undefined) return {}
  return { appsecret_proof: createHmac('sha256', app_secret).update(access_token).digest('hex') }
}
