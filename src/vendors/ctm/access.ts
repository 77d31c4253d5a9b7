import { createHash } from 'node:crypto'
import type { VendorAccess } from '../../job/http'

/** The parts of a credential that a request needs. */
export interface CtmSecrets {
  readonly access_key: string
  readonly secret_key: string
}

/** How CallTrackingMetrics is spoken to: the vendor counts by access key, and an agency's key serves many accounts. */
export function ctmAccess({ access_key, secret_key }: CtmSecrets): VendorAccess {
  const key = createHash('sha256').update(access_key).digest('hex').slice(0, 16)
  return {
    host: 'ctm',
    headers: {
      Authorization: `Basic ${Buffer.from(`${access_key}:${secret_key}`).toString('base64')}`,
      // Its guide asks for this on every call, those without a body included.
      'Content-Type': 'application/json',
    },
    bucket: { key: `ctm-${key}`, perSecond: 5, inFlight: 2 },
  }
}
