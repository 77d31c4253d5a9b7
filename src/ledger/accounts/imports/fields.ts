import { z } from 'zod'
import { jobIds } from '../../../job/define-job'
import { isTimezone } from '../../../lib/local-days'

/** Fields that several kinds of rows share. */
export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
  error: 'expected letters, digits, . _ and -, 63 at most, a letter or digit first',
})

export const job = z.enum(jobIds, { error: `expected one of ${jobIds.join(', ')}` })

export const timezone = z
  .string()
  .refine(isTimezone, { error: 'expected an IANA time zone, e.g. America/Chicago' })
