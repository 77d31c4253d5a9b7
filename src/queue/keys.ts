/** Every Redis key that is ours and not BullMQ's, by prefix: its type and lifetime stand beside it. */
export const keys = (prefix: string) => ({
  /** string: shows whether writes are taken. Gone after a second. */
  probe: `${prefix}:probe`,
  /** string: the id of the sync that works on the account. Renewed while it is held, else gone after 8 s. */
  lease: (accountId: string) => `${prefix}:lease:${accountId}`,
  /** string: the id of the one sync that may bring its worker down and is performed. Otherwise as a lease. */
  isolation: `${prefix}:lease:isolation`,
  /** set: names of the queues that are paused because the ledger says so. Gone with the last of them. */
  pausedQueues: `${prefix}:paused-queues`,
  rateBucket: (bucket: string) => {
    const base = `${prefix}:rate:${bucket}`
    return {
      /** string: the microsecond of the next grant. Gone when that has passed. */
      next: `${base}:next`,
      /** sorted set: requests under way, by the millisecond at which each is given up for lost. Gone with the last of them. */
      inFlight: `${base}:in-flight`,
      /** string: nobody may ask before its lifetime is over. */
      blocked: `${base}:blocked`,
      /** string: refusals in a row without a stated wait. Gone a minute after the wait that the last one caused. */
      refusals: `${base}:refusals`,
    }
  },
})
