import { only, type Sql } from '../../lib/sql'

/** What incidents are about. An incident of a kind and a subject is open at most once at a time. */
export const incidentKinds = [
  /** The vendor refuses a credential. */
  'credential-parked',
  /** An account is set up so that it cannot be synced. */
  'account-parked',
  /** Failures in a row of an account, or across a credential's accounts. */
  'breaker-open',
  /** A sync brought its worker down more than once. */
  'sync-isolated',
  /** A run takes much longer than its job's runs do. */
  'run-long',
  /** A job scheduler in Redis was gone, or had lost its next run. */
  'schedule-repaired',
  /** A slot was settled that nobody ran. */
  'slot-lost',
] as const
export type IncidentKind = (typeof incidentKinds)[number]

/** What an incident is about. The subject is named as in the audit log: `credential ctm-7`, `account 12`, `run 8`, `job ctm`. */
export interface IncidentName {
  readonly kind: IncidentKind
  readonly subject: string
}

/** Something that began. The message is for people: what it is, and what is being done or to do about it; never a secret. */
export interface NewIncident extends IncidentName {
  readonly job?: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Something worth telling a person, from its beginning to its end. */
export interface Incident extends IncidentName {
  readonly id: string
  readonly job: string | null
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  /** How often it was met while it lasted. */
  readonly times: number
  readonly openedAt: Date
  readonly lastAt: Date
  readonly closedAt: Date | null
  /** How it ended; null while it lasts. */
  readonly closing: string | null
  /** How many accounts it kept out that were to be synced again when it was over; null for what keeps none out. */
  readonly heldUp: number | null
}

const columns = `id, kind, subject, job, message, details, times, opened_at as "openedAt", last_at as "lastAt",
  closed_at as "closedAt", closing, held_up as "heldUp"`

/**
 * Tells that something began. True where it is new; where it lasts already, it is counted, its message is the new one, and
 * details are added to those it has.
 * Call it in the transaction that makes it so: then there is one event however many meet it at once.
 */
export async function openIncident(sql: Sql, incident: NewIncident): Promise<boolean> {
  const { isNew } = only(
    await sql.query<{ isNew: boolean }>(
      `insert into incidents as i (kind, subject, job, message, details) values ($1, $2, $3, $4, $5)
       on conflict (kind, subject) where closed_at is null do update set
         times = i.times + 1, last_at = clock_timestamp(), message = excluded.message, details = i.details || excluded.details
       returning xmax = 0 as "isNew"`,
      [
        incident.kind,
        incident.subject,
        incident.job ?? null,
        incident.message,
        JSON.stringify(incident.details ?? {}),
      ],
    ),
  )
  return isNew
}

/** Tells that it is over, and how it ended. False where it did not last: safe to call twice. */
export async function closeIncident(
  sql: Sql,
  { kind, subject }: IncidentName,
  closing: string,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update incidents set closed_at = clock_timestamp(), closing = $3
     where kind = $1 and subject = $2 and closed_at is null`,
    [kind, subject, closing],
  )
  return rowCount > 0
}

/** Closes what was wrong with credentials and accounts that no enabled account stands for any more: nobody waits for its end. */
export async function closeMootIncidents(sql: Sql): Promise<Pick<Incident, 'kind' | 'subject' | 'job'>[]> {
  const { rows } = await sql.query<Pick<Incident, 'kind' | 'subject' | 'job'>>(
    `update incidents i set closed_at = clock_timestamp(), closing = 'no enabled account is behind it any more'
     where closed_at is null and kind in ('credential-parked', 'account-parked', 'breaker-open')
       and not exists (
         select from accounts a where a.enabled and split_part(i.subject, ' ', 2) =
           case split_part(i.subject, ' ', 1) when 'account' then a.id::text else a.credential_id end)
     returning kind, subject, job`,
  )
  return rows
}

/**
 * Incidents: those that last first, the newest of each first. Without `all` only those that last. `after` is an incident's id to
 * page on from.
 */
export async function listIncidents(
  sql: Sql,
  query: { readonly all?: boolean; readonly job?: string; readonly after?: string; readonly limit: number },
): Promise<Incident[]> {
  const { rows } = await sql.query<Incident>(
    `select ${columns} from incidents
     where ($1 or closed_at is null) and ($2::text is null or job = $2)
       and ($4::bigint is null or (closed_at is null, opened_at, id) <
         (select closed_at is null, opened_at, id from incidents where id = $4))
     order by closed_at is not null, opened_at desc, id desc limit $3`,
    [query.all ?? false, query.job ?? null, query.limit, query.after ?? null],
  )
  return rows
}

/** Incidents of some subjects: those that last first, the newest of each first. */
export async function incidentsOf(sql: Sql, subjects: readonly string[], limit: number): Promise<Incident[]> {
  const { rows } = await sql.query<Incident>(
    `select ${columns} from incidents where subject = any ($1)
     order by closed_at is not null, opened_at desc, id desc limit $2`,
    [subjects, limit],
  )
  return rows
}
