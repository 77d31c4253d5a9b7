import { z } from 'zod'
import { isWritable } from '../../lib/read-instant'

/** The number of something in the ledger. Text, for such numbers may be larger than JavaScript counts exactly. */
export const Id = z
  .string()
  .regex(/^\d{1,18}$/, 'expected an id, which is a number')
  .meta({ description: 'An id: a number as text.', examples: ['4711'] })

/** A whole number of any size, as text. */
export const Count = z.string().regex(/^\d+$/).meta({
  description: 'A whole number as text: it may be larger than floating-point numbers count exactly.',
})

/** An instant: ISO 8601 in UTC; read with any offset. */
export const Instant = z
  .codec(
    z.iso
      .datetime({ offset: true, error: 'expected an instant such as 2026-11-22T06:00:00Z' })
      .meta({ examples: ['2026-11-22T06:00:00.000Z'] }),
    // An offset may lead out of the years that have four digits.
    z.date().refine(isWritable, 'expected an instant of the years 0000 to 9999 in UTC'),
    { decode: (text) => new Date(text), encode: (instant) => instant.toISOString() },
  )
  .meta({ description: 'An instant: ISO 8601, in UTC in every answer.' })

export const Day = z.iso
  .date('expected a day such as 2026-11-22')
  .meta({ description: 'A day, in the time zone of each account.', examples: ['2026-11-22'] })

/** Why somebody does something: kept with what is done, and in the audit log. */
export const Reason = z
  .string()
  .trim()
  .min(1, 'expected some words')
  .max(500, 'expected no more than 500 characters')
  .meta({ description: 'Why, for those who wonder later.' })

export const Until = Instant.optional().meta({ description: 'When it ends by itself. Default: never.' })

/** `true` or `false` in a query. */
export const Flag = z.codec(z.enum(['true', 'false']), z.boolean(), {
  decode: (text) => text === 'true',
  encode: (flag) => (flag ? 'true' : 'false'),
})

/** How far a stream is, as the job keeps it. */
export const Place = z.unknown().meta({
  description:
    'As the job keeps it, for operators: it may hold the vendor’s ids. Viewers see `through`, how far it reaches in time, where it says so. Null where there is none.',
})

export const JobId = z
  .string()
  .meta({ description: 'The id of a job, as `GET /jobs` lists them.', examples: ['ctm'] })

export const Role = z.enum(['viewer', 'operator', 'admin'])
