import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { upsertStream } from '../../src/job/streams'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { callColumns } from './columns'

/** How far the calls of an account are read. It moves only when every page of a window is written. */
export const CallsCursor = z.strictObject({
  /** The latest call that is written; null while the account has none. */
  newest: z.iso.datetime().nullable(),
  /** The last day, in the account's zone, that has been read to its end or to the instant of the read. */
  through: z.iso.date(),
  /** The day of the last sweep of recent weeks; null until the first load is complete. */
  swept: z.iso.date().nullable(),
})
export type CallsCursor = z.output<typeof CallsCursor>

/** Where inside a window of days to go on. */
export const CallsPosition = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  /** The vendor's own query for the next page. */
  query: z.string().min(1),
  /** Pages of this window that are written. */
  pages: z.int().min(1),
  /** The latest call on them. */
  newest: z.iso.datetime().nullable(),
})
export type CallsPosition = z.output<typeof CallsPosition>

/** Calls, texts, forms and chats on tracking numbers. An account is one sub-account of CallTrackingMetrics. */
export const ctm = defineJob({
  id: 'ctm',
  title: 'CTM',
  summary: 'Tracked calls, texts, forms and chats with their sources and outcomes',
  version: 1,
  // One or two requests per account and run: a quarter of an hour keeps the day's calls fresh.
  schedule: { cron: '*/15 * * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(1) },
  startWithin: minutes(30),
  deadline: hours(1),
  freshness: hours(2),
  retry: { attempts: 6, delay: seconds(10), cap: minutes(10) },
  concurrency: 4,
  externalId: z.string().regex(/^\d+$/, { error: 'expected the numeric account id of CallTrackingMetrics' }),
  secrets: z.strictObject({
    access_key: z.string().min(1),
    secret_key: z.string().min(1),
    /** An agency's key serves every sub-account, an account's key only its own. */
    key_scope: z.enum(['agency', 'account']).default('account'),
  }),
  settings: z.strictObject({
    /** How far back the first load goes. */
    first_load_months: z.int().min(1).max(60).default(13),
  }),
  // A month of a busy account has some thousand calls.
  backfill: { chunkDays: 31, callsPerChunk: 5 },
  streams: {
    calls: upsertStream({
      table: 'ctm_calls',
      key: ['call_id'],
      columns: callColumns,
      // Recordings, tags, scores and sales are edited after the call.
      overlap: days(3),
      dated: 'call_day',
      cursor: CallsCursor,
      position: CallsPosition,
    }),
  },
})
