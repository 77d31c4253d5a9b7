import { createHmac } from 'node:crypto'
import type { Config } from '../../config/config'
import { SecretBox } from '../ledger/accounts/secret-box'
import { currentBuild } from '../lib/build'
import { Disposables } from '../lib/disposables'
import { seconds } from '../lib/durations'
import { connect, ready } from '../queue/connection'
import { RateBuckets } from '../queue/rate-buckets'
import type { SyncDoors } from '../runs/attempt/drive-sync'
import { silentLogger } from '../telemetry/logger'
import { VendorDoor } from '../vendors/http'

/**
 * The doors to the vendors for a command in the foreground. It shares the fleet's rate buckets, so that a person who asks
 * cannot cost the workers their limits.
 */
export class VendorDoors implements AsyncDisposable {
  readonly doors: SyncDoors
  readonly #owned: Disposables

  private constructor(doors: SyncDoors, owned: Disposables) {
    this.doors = doors
    this.#owned = owned
  }

  /** Fails where Redis, which keeps the buckets, does not answer within five seconds. */
  static async open(config: Config, signal: AbortSignal): Promise<VendorDoors> {
    const owned = new Disposables()
    try {
      const redis = connect({ ...config.redis, role: 'producer', name: 'syncfleet-cli' }, silentLogger)
      owned.defer(() => redis.disconnect())
      await ready(redis, AbortSignal.any([signal, AbortSignal.timeout(seconds(5))]))
      const http = owned.use(
        new VendorDoor({
          baseUrls: config.vendors.baseUrls,
          versions: config.vendors.versions,
          limiter: new RateBuckets(redis, config.redis.prefix),
          version: currentBuild().name,
          bucketScale: config.vendors.bucketScale,
          trustsPlainHttpSettings: config.environment === 'development' || config.environment === 'test',
        }),
      )
      const box = new SecretBox(config.encryptionKeys)
      const doors: SyncDoors = {
        http,
        unseal: (sealed, credentialId) => box.open(sealed, credentialId),
        pseudonym: (value) => createHmac('sha256', config.piiPepper).update(value).digest('hex'),
      }
      return new VendorDoors(doors, owned)
    } catch (error) {
      await owned[Symbol.asyncDispose]()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}
