import type { Sql } from '../lib/sql'

/**
 * Plans one sync per enabled account of the run's job, or per account in `accountIds`.
 * An account that cannot be synced now is recorded as skipped, with the reason: parked, told to wait by its vendor, or still syncing.
 */
export async function planSyncs(
  sql: Sql,
  run: { readonly id: string; readonly job: string },
  accountIds?: readonly string[],
): Promise<void> {
  await sql.query(
    `with candidate as (
       select a.id,
         case
           when c.parked_at is not null then 'credential parked since ' || ${utc('c.parked_at')} || ': ' || c.parked_reason
           when a.parked_at is not null then 'account parked since ' || ${utc('a.parked_at')} || ': ' || a.parked_reason
           when a.not_before > clock_timestamp() then 'waiting for vendor until ' || ${utc('a.not_before')}
           when u.id is not null then 'still syncing since ' || ${utc('u.created_at')} || ' (sync ' || u.id || ')'
         end as reason
       from accounts a
       join credentials c on c.id = a.credential_id
       left join syncs u on u.account_id = a.id and u.lane = 'live' and u.state in ('waiting', 'running')
       where a.job = $2 and a.enabled and ($3::bigint[] is null or a.id = any ($3))
     )
     insert into syncs (run_id, job, account_id, state, reason, settled_at)
     select $1, $2, id, case when reason is null then 'waiting' else 'skipped' end, reason,
       case when reason is not null then clock_timestamp() end
     from candidate order by id
     on conflict do nothing`,
    [run.id, run.job, accountIds ?? null],
  )
  // Accounts that another run took while this one was planning: their insert above found the other's row and did nothing.
  await sql.query(
    `insert into syncs (run_id, job, account_id, state, reason, settled_at)
     select $1, $2, a.id, 'skipped', 'still syncing in a run planned at the same time', clock_timestamp()
     from accounts a
     where a.job = $2 and a.enabled and ($3::bigint[] is null or a.id = any ($3))
       and not exists (select 1 from syncs s where s.run_id = $1 and s.account_id = a.id)
     order by a.id`,
    [run.id, run.job, accountIds ?? null],
  )
}

const utc = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')`
