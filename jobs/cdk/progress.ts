import { z } from 'zod'

/** How far one department of a stream is written. */
export const Through = z.strictObject({
  /** Everything that had changed by then is written. */
  through: z.iso.datetime(),
  /** The day, in UTC, of the last time that all of the recent weeks was read; null until the first load is complete. */
  swept: z.iso.date().nullable(),
})
export type Through = z.output<typeof Through>

/** By department: each is read on its own. */
export const CdkCursor = z.record(z.string(), Through)
export type CdkCursor = z.output<typeof CdkCursor>

/** A list of one department that is to be extracted. */
export const Extract = z.strictObject({
  department: z.string(),
  list: z.enum(['open/delta', 'closed/delta', 'open', 'closed', 'history', 'delta', 'bulk']),
  /** As the vendor wants it: a day, or for changes an instant in whole seconds. Null where the list takes no window. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** Operations for it that came to nothing. */
  failures: z.int().min(0),
  /** How often its window has been halved. */
  halved: z.int().min(0),
  /** How far its department is written once it is; null where that takes another extract. */
  reaches: Through.nullable(),
})
export type Extract = z.output<typeof Extract>

/** What is left to do to bring a stream up to date, decided once and then kept: the operations under way belong to it. */
export const CdkPosition = z.strictObject({
  /** When it was decided. */
  asOf: z.iso.datetime(),
  /** The one before took so long that this followed at once. */
  follows: z.boolean(),
  /** The first is under way; the others wait for it. */
  extracts: z.array(Extract),
  /** Records of an operation's result that are written. */
  written: z.strictObject({ operationId: z.string(), records: z.int().min(1) }).nullable(),
  /** Why departments were left out, and when the first was. */
  failed: z.strictObject({ code: z.string(), message: z.string(), at: z.iso.datetime() }).nullable(),
})
export type CdkPosition = z.output<typeof CdkPosition>
