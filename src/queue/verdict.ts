import type { Json } from '../job/streams'

/** What becomes of a queued job after one call of its handler; `consumer.ts` says it in BullMQ's terms. */
export type Verdict =
  /** It is over; `result` is what Bull Board shows. */
  | { readonly kind: 'done'; readonly result: Json }
  /** An attempt failed; the next one may start after so many milliseconds. */
  | { readonly kind: 'retry'; readonly after: number; readonly error: Error }
  /** It failed for good and stays as a dead letter. */
  | { readonly kind: 'dead'; readonly error: Error }
  /** Not now: again after so many milliseconds, no attempt spent. */
  | { readonly kind: 'wait'; readonly after: number }
  /** It was moved to wait for its children, and comes back when the last of them is over. */
  | { readonly kind: 'wait-for-children' }
  /** This worker is stopping: the next free one takes it at once, no attempt spent. */
  | { readonly kind: 'hand-back' }
