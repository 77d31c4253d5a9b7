import type { Config } from '../../config/config'
import { Disposables } from '../lib/disposables'
import { seconds } from '../lib/durations'
import { connect, ready } from '../queue/connection'
import type { SyncDoors } from '../runs/attempt/drive-sync'
import { silentLogger } from '../telemetry/logger'
import { syncDoors } from './sync-doors'

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
      const doors = syncDoors({ config, redis, owned })
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
