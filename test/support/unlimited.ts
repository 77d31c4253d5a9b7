import type { RateLimiter } from '../../src/job/rate-limiter'

/** A limiter for a vendor without limits: for tests that are about something else, and need no Redis. */
export const unlimited: RateLimiter = {
  grant: async () => ({ at: 0, release: async () => undefined }),
  block: async () => undefined,
  backOff: async (_key, pauses) => pauses?.first ?? 2000,
}
