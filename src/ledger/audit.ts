import type { Sql } from '../lib/sql'

/** By which way an act came. */
export const ways = ['cli', 'dashboard', 'bull-board', 'api', 'system'] as const

/** What became of an act. `asked`: begun, and its end is another row. */
export const outcomes = ['done', 'refused', 'failed', 'asked'] as const

/** Something a person or the system did, or wanted to do. */
export interface Act {
  /** A user's name, or `system`. */
  readonly actor: string
  readonly via: (typeof ways)[number]
  /** Where it came from: a network address, or the host of a command line. */
  readonly origin?: string
  /** What was done, as a short verb phrase. */
  readonly action: string
  /** What it was done to: `job ctm`, `runs/run-12`. */
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string
  readonly outcome: (typeof outcomes)[number]
}

/** Who acts, by which way, and from where. */
export type ActedBy = Pick<Act, 'actor' | 'via' | 'origin'>

/** Leaves a row in the audit log. Never put a secret or personal data into an act: its row stays for good. */
export async function recordAct(sql: Sql, act: Act): Promise<void> {
  await sql.query(
    `insert into audit_log (actor, via, action, subject, before, after, reason, outcome, origin)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      act.actor,
      act.via,
      act.action,
      act.subject,
      jsonOf(act.before),
      jsonOf(act.after),
      act.reason ?? null,
      act.outcome,
      act.origin ?? null,
    ],
  )
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
