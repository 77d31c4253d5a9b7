import { z } from 'zod'
import type { AuditQuery } from '../../ledger/audit-search'
import { outcomes, ways } from '../../ledger/audit'
import { instantForms, readInstant } from '../../lib/read-instant'
import { RefusedError } from '../errors'

const text = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform((given) => (given === '' ? undefined : given))

const Fields = z.object({
  actor: text,
  action: text,
  subject: text,
  text,
  outcome: z.enum(['', ...outcomes]).optional(),
  via: z.enum(['', ...ways]).optional(),
  from: text,
  to: text,
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
})

/** What a request asks of the audit log, and the same as it was typed. */
export interface AskedAudit {
  readonly query: AuditQuery
  /** The page that begins before this row; undefined for the latest. */
  readonly before: string | undefined
  /** Without `before`: for the form, and for links to the same rows. */
  readonly typed: Readonly<Record<string, string>>
}

/** Reads a search; times without an offset are UTC. Refuses what cannot be read. */
export function askedAudit(given: unknown, now: Date): AskedAudit {
  const parsed = Fields.safeParse(given)
  if (!parsed.success)
    throw new RefusedError(
      400,
      `No such search: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}.`,
    )
  const { before, from, to, ...fields } = parsed.data
  const exact = withoutEmpty(fields)
  return {
    query: {
      ...(exact as AuditQuery),
      ...(from !== undefined && { from: instantOf('From', from, now) }),
      ...(to !== undefined && { to: instantOf('To', to, now) }),
    },
    before,
    typed: withoutEmpty({ ...fields, from, to }),
  }
}

const withoutEmpty = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])))

function instantOf(name: string, given: string, now: Date): Date {
  const read = readInstant(/^[\d-]+$/.test(given) ? `${given} 00:00` : given, 'UTC', now)
  if (read && read.kind !== 'fold') return read.instant
  throw new RefusedError(400, `${name}: “${given}” cannot be read: write ${instantForms}.`)
}
