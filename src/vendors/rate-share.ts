import type { RateBucket } from '../job/http'
import type { RateLimiter } from '../job/rate-limiter'

/** How much of every limit a caller may use. */
export interface RateShare {
  /** Who keeps to it, e.g. a job's id: callers of the same name share one share over the whole fleet. */
  readonly of: string
  /** From 1 to 100; asked before every request. */
  readonly percent: () => number
}

/** A limiter that grants a caller its share. What it asks counts in the buckets as everybody's requests do. */
export const limiterFor = (limiter: RateLimiter, share: RateShare): RateLimiter => ({
  grant: async (bucket, options) => limiter.grant(bucketFor(bucket, share), options),
  block: async (key, milliseconds) => limiter.block(key, milliseconds),
  backOff: async (key, pauses) => limiter.backOff(key, pauses),
})

/**
 * A bucket with further ones around it, a narrower one for itself and for each that it lies within. They hold the caller to its
 * share, and are its own: others that share the vendor's bucket lose nothing by it.
 */
export function bucketFor(bucket: RateBucket, { of, percent }: RateShare): RateBucket {
  const part = percent() / 100
  if (part >= 1) return bucket
  const buckets = [...bucketsFrom(bucket)]
  const shares = buckets.map(({ key, perSecond, inFlight }) => ({
    key: `${key}-of-${of}`,
    perSecond: perSecond * part,
    inFlight: Math.max(1, Math.floor(inFlight * part)),
  }))
  // A refusal is about the vendor's own buckets, and blocks the first of them: they keep their places.
  return [...buckets, ...shares].reduceRight((within, each) => ({ ...each, within }))
}

/** A bucket and those that it lies within, narrowest first. */
function* bucketsFrom(bucket: RateBucket): Generator<RateBucket> {
  for (let at: RateBucket | undefined = bucket; at; at = at.within) yield at
}
