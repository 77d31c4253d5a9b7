import type { Redis } from './connection'
import { keys } from './keys'

/** Takes an account's lease from whoever has it. Returns the id of the sync that had it; undefined where none did. */
export type BreakLease = (accountId: string) => Promise<string | undefined>

/** The holder hears of it when it next renews its lease, within two seconds, and stops. */
export const leaseBreaker =
  (redis: Redis, prefix: string): BreakLease =>
  async (accountId) =>
    (await redis.getdel(keys(prefix).lease(accountId))) ?? undefined
