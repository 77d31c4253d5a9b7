import { only, type Sql } from '../../lib/sql'
import { keepsFromRunning, pauseLasts } from './pause-sql'

/** What can be paused: all nine jobs, one of them, or what is synced of a client or an account. */
export type PauseTarget =
  | { readonly scope: 'everything' }
  | {
      readonly scope: 'job' | 'client' | 'account'
      /** A job's or client's id, or an account's number in the ledger. */
      readonly id: string
    }

/** While it lasts nothing of its subject starts; what is under way goes on to its end. */
export interface Pause {
  readonly id: string
  readonly scope: PauseTarget['scope']
  /** The id of what is paused; empty for everything. */
  readonly subject: string
  readonly reason: string
  readonly pausedBy: string
  readonly pausedAt: Date
  /** When it ends by itself; null where a person must end it. */
  readonly until: Date | null
  readonly endedAt: Date | null
  readonly endedBy: string | null
  readonly endReason: string | null
}

const columns = `p.id, p.scope, p.subject, p.reason, p.paused_by as "pausedBy", p.paused_at as "pausedAt", p.until,
  p.ended_at as "endedAt", p.ended_by as "endedBy", p.end_reason as "endReason"`

const widestFirst = `array_position(array['everything', 'job', 'client', 'account'], p.scope), p.paused_at, p.id`

/** A pause for people: what is paused, by whom, until when, and why. */
export const pauseInWords = (
  pause: Pick<Pause, 'scope' | 'subject' | 'pausedBy' | 'until' | 'reason'>,
): string => {
  const { pausedBy, until, reason } = pause
  const end = until ? ` until ${until.toISOString().slice(0, 19).replace('T', ' ')} UTC` : ''
  return `${targetInWords(targetOf(pause))} paused by ${pausedBy}${end}: ${reason}`
}

/** The subject of a target as the ledger keeps it. */
export const subjectOf = (target: PauseTarget): string => (target.scope === 'everything' ? '' : target.id)

/** What a pause is of. */
export const targetOf = ({ scope, subject }: Pick<Pause, 'scope' | 'subject'>): PauseTarget =>
  scope === 'everything' ? { scope } : { scope, id: subject }

/** A target for people and for the audit log: `job ctm`, `everything`. */
export const targetInWords = (target: PauseTarget): string =>
  target.scope === 'everything' ? 'everything' : `${target.scope} ${target.id}`

/** Pauses that last: everything's first, then jobs', clients' and accounts', the oldest first. */
export async function openPauses(sql: Sql): Promise<Pause[]> {
  const { rows } = await sql.query<Pause>(
    `select ${columns} from pauses p where ${pauseLasts}
     order by ${widestFirst}`,
  )
  return rows
}

/** Pauses, latest first; only those that last unless `all` are asked for. `before` is a pause's id to page on from. */
export async function listPauses(
  sql: Sql,
  query: {
    readonly all?: boolean
    readonly target?: PauseTarget
    readonly before?: string
    readonly limit: number
  },
): Promise<Pause[]> {
  const { all = true, target, before } = query
  const { rows } = await sql.query<Pause>(
    `select ${columns} from pauses p
     where ($1 or ${pauseLasts}) and ($2::text is null or p.scope = $2 and p.subject = $3) and ($4::bigint is null or p.id < $4)
     order by p.id desc limit $5`,
    [all, target?.scope ?? null, target ? subjectOf(target) : null, before ?? null, query.limit],
  )
  return rows
}

/** The pauses that last of everything, of a job, or of one of these accounts of it or their clients; the widest first. */
export async function pausesOver(
  sql: Sql,
  job: string,
  accountIds: readonly string[] = [],
): Promise<Pause[]> {
  const { rows } = await sql.query<Pause>(
    `select ${columns} from pauses p
     where ${pauseLasts} and (p.scope = 'everything' or p.scope = 'job' and p.subject = $1
       or p.scope = 'account' and p.subject = any ($2::text[])
       or p.scope = 'client' and p.subject in (select client_id from accounts where id = any ($2::bigint[])))
     order by ${widestFirst}`,
    [job, accountIds],
  )
  return rows
}

/**
 * For each due instant of a job the pause that keeps it from running: one of the job or of everything that lasted or will last
 * then, or, of an instant that is past, one that lasts now. By milliseconds; instants that run are missing.
 */
export async function pausesOfInstants(
  sql: Sql,
  job: string,
  instants: readonly Date[],
): Promise<Map<number, Pause>> {
  if (instants.length === 0) return new Map()
  const { rows } = await sql.query<Pause & { readonly dueAt: Date }>(
    `select distinct on (due.at) due.at as "dueAt", ${columns}
     from unnest($2::timestamptz[]) due (at) join pauses p on ${keepsFromRunning('$1', 'due.at')}
     order by due.at, p.ended_at desc nulls first, p.id`,
    [job, instants],
  )
  return new Map(rows.map(({ dueAt, ...pause }) => [dueAt.getTime(), pause]))
}

/** The pause of a target that nobody has ended, locked until the transaction ends. Its time may be over. */
export async function lockPause(
  sql: Sql,
  target: PauseTarget,
): Promise<(Pause & { readonly isOver: boolean }) | undefined> {
  const { rows } = await sql.query<Pause & { readonly isOver: boolean }>(
    `select ${columns}, not (${pauseLasts}) as "isOver" from pauses p
     where p.scope = $1 and p.subject = $2 and p.ended_at is null for no key update`,
    [target.scope, subjectOf(target)],
  )
  return rows[0]
}

/** Who pauses, why, and until when. */
export interface PauseTerms {
  readonly by: string
  readonly reason: string
  readonly until: Date | null
}

/** Pauses a target; undefined where it is paused already, be it by somebody else at the same moment. */
export async function insertPause(
  sql: Sql,
  target: PauseTarget,
  { by, reason, until }: PauseTerms,
): Promise<Pause | undefined> {
  const { rows } = await sql.query<Pause>(
    `insert into pauses as p (scope, subject, reason, paused_by, until) values ($1, $2, $3, $4, $5)
     on conflict (scope, subject) where ended_at is null do nothing returning ${columns}`,
    [target.scope, subjectOf(target), reason, by, until],
  )
  return rows[0]
}

/** Changes who pauses, why and until when. What it covers goes on from when it began. */
export async function changePause(sql: Sql, id: string, { by, reason, until }: PauseTerms): Promise<Pause> {
  return only(
    await sql.query<Pause>(
      `update pauses p set reason = $2, paused_by = $3, until = $4 where id = $1 returning ${columns}`,
      [id, reason, by, until],
    ),
  )
}

/** Ends a locked pause now, or when its time was over. */
export async function endPause(
  sql: Sql,
  id: string,
  { by, reason }: { readonly by: string; readonly reason?: string },
): Promise<Pause> {
  return only(
    await sql.query<Pause>(
      `update pauses p set ended_at = least(p.until, clock_timestamp()), ended_by = $2, end_reason = $3
       where id = $1 returning ${columns}`,
      [id, by, reason ?? null],
    ),
  )
}

/** Targets of pauses whose time is over and that nobody has ended. */
export async function expiredPauses(sql: Sql): Promise<PauseTarget[]> {
  const { rows } = await sql.query<Pick<Pause, 'scope' | 'subject'>>(
    `select p.scope, p.subject from pauses p where p.ended_at is null and p.until <= clock_timestamp() order by p.id`,
  )
  return rows.map(targetOf)
}
