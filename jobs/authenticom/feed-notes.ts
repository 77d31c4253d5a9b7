import { z } from 'zod'
import { PagingLoopError, VendorConfigError, VendorResponseError, type SyncError } from '../../src/job/errors'
import { hours } from '../../src/lib/durations'
import type { Delivery } from './delivery'

/** Where a feed stands within a sync. */
export type Standing =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'under way'; readonly delivery: Delivery }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: SyncError }

/** What is kept of a feed that this sync is through with, while it waits for the deliveries of others. */
export const FeedNote = z.strictObject({
  at: z.iso.datetime(),
  /** Null where every row is written. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
})
export type FeedNote = z.output<typeof FeedNote>

/** A sync that was given up may leave a note behind; it says nothing to a later one. */
export const noteLasts = hours(3)

/** What a note says: that there is nothing to do, or once more what went wrong. Undefined where it cannot be read. */
export function standingOf({ failure }: FeedNote): Standing | undefined {
  if (failure === null) return { kind: 'done' }
  const error = errorOf(failure.code, failure.message)
  return error && { kind: 'failed', error }
}

function errorOf(code: string, message: string): SyncError | undefined {
  switch (code) {
    case 'vendor_config':
      return new VendorConfigError(message)
    case 'vendor_response':
      return new VendorResponseError(message)
    case 'paging_loop':
      return new PagingLoopError(message)
    default:
      return undefined
  }
}
