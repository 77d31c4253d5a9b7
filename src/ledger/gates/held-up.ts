import type { Sql } from '../../lib/sql'
import type { IncidentKind } from './incidents'

/** A gate that has opened, and how many accounts it had kept out. */
export interface Released {
  readonly kind: IncidentKind
  readonly subject: string
  readonly accounts: number
}

/** Errors that are the gate's own: a dead letter of such an error is one that it held up. */
const errorsOf: Partial<Record<IncidentKind, readonly string[]>> = {
  'credential-parked': ['auth'],
  'account-parked': ['config'],
  'breaker-open': ['transient', 'vendor-down'],
}

/**
 * Takes up the oldest incident of a gate that has opened and was not taken up yet: every account that was skipped or failed because
 * of it, and was not read since, has its rest end now, so that a follow-up run takes it. Undefined where there is none. Run it in a
 * transaction of its own: it locks accounts by id.
 */
export async function releaseHeldUp(sql: Sql): Promise<Released | undefined> {
  const { rows } = await sql.query<{ id: string; kind: IncidentKind; subject: string }>(
    `select id, kind, subject from incidents
     where closed_at is not null and held_up is null and kind in ('credential-parked', 'account-parked', 'breaker-open')
     order by id limit 1 for no key update skip locked`,
  )
  const [opened] = rows
  if (!opened) return undefined
  const { id, kind, subject } = opened
  const accounts = await endRestsOf(sql, id, errorsOf[kind] ?? [])
  await sql.query('update incidents set held_up = $2 where id = $1', [id, accounts])
  return { kind, subject, accounts }
}

/** A rest that the vendor asked for stays as long as it is. A gate may have been failed at for a while before it shut. */
async function endRestsOf(sql: Sql, incidentId: string, errorClasses: readonly string[]): Promise<number> {
  const { rowCount } = await sql.query(
    `with held as (
       select a.id from accounts a join incidents i on i.id = $1
       where a.enabled and (i.subject = 'account ' || a.id or i.subject = 'credential ' || a.credential_id)
         and exists (
           select from syncs s where s.account_id = a.id and s.lane = 'live'
             and s.state in ('skipped', 'failed') and s.settled_at >= i.opened_at - interval '1 hour'
             and (s.state = 'skipped' and s.settled_at >= i.opened_at
                  or s.state = 'failed' and s.error_class = any ($2))
             and not exists (select from syncs good where good.account_id = a.id and good.lane = 'live'
                             and good.state in ('ok', 'partial', 'deferred') and not good.narrow and good.settled_at > s.settled_at))
       order by a.id for no key update of a
     )
     update accounts set not_before = coalesce(not_before, clock_timestamp()) from held where accounts.id = held.id`,
    [incidentId, errorClasses],
  )
  return rowCount
}
