import { createHmac } from 'node:crypto'
import type { Config } from '../../config/config'
import { SecretBox } from '../ledger/accounts/secret-box'
import { currentBuild } from '../lib/build'
import type { Disposables } from '../lib/disposables'
import type { Redis } from '../queue/connection'
import { RateBuckets } from '../queue/rate-buckets'
import type { SyncDoors } from '../runs/attempt/drive-sync'
import { VendorDoor, type VendorDoorOptions } from '../vendors/http'

export interface SyncDoorsOptions {
  readonly config: Config
  /** Keeps the rate buckets, which the whole fleet shares. */
  readonly redis: Redis
  /** Ends the connections to vendors. */
  readonly owned: Disposables
  readonly onCall?: VendorDoorOptions['onCall']
  /** The share of its vendor's limits that a job's calls may use by now. Default: all of them. */
  readonly ratePercentOf?: (jobId: string) => number
}

/** The doors that every sync is handed, as the configuration has them. */
export function syncDoors({ config, redis, owned, onCall, ratePercentOf }: SyncDoorsOptions): SyncDoors {
  const http = owned.use(
    new VendorDoor({
      baseUrls: config.vendors.baseUrls,
      versions: config.vendors.versions,
      limiter: new RateBuckets(redis, config.redis.prefix),
      version: currentBuild().name,
      bucketScale: config.vendors.bucketScale,
      trustsPlainHttpSettings: config.environment === 'development' || config.environment === 'test',
      ...(onCall ? { onCall } : {}),
    }),
  )
  const secretBox = new SecretBox(config.encryptionKeys)
  return {
    http,
    ...(ratePercentOf
      ? { httpOf: (jobId) => http.limitedTo({ of: jobId, percent: () => ratePercentOf(jobId) }) }
      : {}),
    unseal: (sealed, credentialId) => secretBox.open(sealed, credentialId),
    pseudonym: (value) => createHmac('sha256', config.piiPepper).update(value).digest('hex'),
  }
}
