import { createHash } from 'node:crypto'
import { VendorAuthError } from '../../job/errors'
import type { VendorAccess, VendorAnswer } from '../../job/http'
import { minutes, seconds } from '../../lib/durations'
import { NothingThereError } from './errors'

/** Where an account's vehicles are, and what opens them. */
export interface DealerTrendPlace {
  /** The host that this dealer was told; absent, the one from the environment. */
  readonly base_url?: string | undefined
  /** True where an operator has allowed plain http to it. */
  readonly allow_insecure: boolean
  /** Sent only where there is one: most hosts ask for none. */
  readonly api_token?: string | undefined
}

/**
 * How a host of DealerTrend is spoken to. `usual` is the base URL from the environment. The vendor states no limit, so ours
 * is a polite one, and it belongs to the host, which all its dealers share.
 */
export function dealertrendAccess(
  { base_url, allow_insecure, api_token }: DealerTrendPlace,
  usual: string,
): VendorAccess {
  const base = base_url === undefined ? undefined : new URL(base_url)
  const { host } = base ?? new URL(usual)
  const key = createHash('sha256').update(host).digest('hex').slice(0, 16)
  return {
    host: base ?? 'dealertrend',
    allowsPlainHttp: allow_insecure,
    headers: api_token === undefined ? {} : { Authorization: `Bearer ${api_token}` },
    bucket: {
      key: `dealertrend-${key}`,
      perSecond: 2,
      inFlight: 1,
      pauses: { first: seconds(5), longest: minutes(5) },
    },
    translate,
  }
}

function translate({ status, request }: VendorAnswer) {
  // There are no accounts behind a token that it could lack: a 403 says that there is none, or a wrong one.
  if (status === 401 || status === 403)
    return new VendorAuthError(`the vendor wants another api_token (${request}: status ${status})`)
  return status === 404 ? new NothingThereError(`${request}: status 404`) : undefined
}
