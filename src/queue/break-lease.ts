import type { Redis } from './connection'
import { keys } from './keys'
import { leaseDuration } from './leases'
import { Script } from './script'

/**
 * KEYS[1] lease  ARGV[1] duration in ms
 * Reply: the id of the sync whose attempt had it; false where none had.
 */
const take = new Script(`
local holder = redis.call('GET', KEYS[1])
local sync = holder and string.match(holder, '^([^/]*)/')
if not sync or holder == sync .. '/broken' then return false end
redis.call('SET', KEYS[1], sync .. '/broken', 'PX', ARGV[1])
return sync`)

/** Takes an account's lease from the attempt that has it. Returns the id of its sync; undefined where none had it. */
export type BreakLease = (accountId: string) => Promise<string | undefined>

/**
 * The holder hears of it when it next renews its lease, within two seconds, and stops. Until then the lease is nobody's: were it
 * gone, the holder would take it again. The same sync's next attempt may take it over at once.
 */
export const leaseBreaker =
  (redis: Redis, prefix: string): BreakLease =>
  async (accountId) => {
    const holder = await take.run(redis, [keys(prefix).lease(accountId)], [leaseDuration])
    return typeof holder === 'string' ? holder : undefined
  }
