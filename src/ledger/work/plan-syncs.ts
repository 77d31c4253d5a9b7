import { spreadOffsetSql } from '../../lib/spread'
import type { Sql } from '../../lib/sql'
import { accountPauseInWords } from '../control/pause-sql'
import { breakerInWords } from '../gates/breakers'
import { parkedInWords } from '../gates/parking'
import { inUtc } from '../postgres/in-utc'
import type { Run } from './runs'

/**
 * Plans one sync per enabled account of the run's job, or per account in `accountIds`.
 * An account that cannot be synced now is recorded as skipped, with the reason: paused (it or its client), parked, behind an open
 * circuit breaker, told to wait by its vendor, or still syncing. Those in `tries` are synced although they or their credential are parked, and a run that a
 * person asked for goes ahead of a rest for a quota, because a reserve is kept for it. The others start within `spread`
 * milliseconds of the run's start, each at its place. A sync of some streams only does no other's work: whom it keeps from a whole one
 * was kept out.
 */
export async function planSyncs(
  sql: Sql,
  run: Pick<Run, 'id' | 'job' | 'kind'>,
  accountIds?: readonly string[],
  tries: readonly string[] = [],
  spread = 0,
): Promise<void> {
  await sql.query(
    `with candidate as (
       select a.id, ${accountPauseInWords('a')} as paused,
         case
           when c.parked_at is not null and not a.id = any ($4) then ${parkedInWords('credential', 'c')}
           when a.parked_at is not null and not a.id = any ($4) then ${parkedInWords('account', 'a')}
           when open.told is not null then open.told
           when a.not_before > clock_timestamp() and not ($5 and ${restsForQuota})
             then 'waiting for vendor until ' || ${inUtc('a.not_before')}
         end as kept_out,
         'still syncing since ' || ${inUtc('u.created_at')} || ' (sync ' || u.id || ')' as busy,
         r.streams is not null as narrow, coalesce(u.narrow, false) and r.streams is null as is_in_the_way,
         case when $6::float8 > 0 then r.started_at + ${spreadOffsetSql('a.id::text', '$6')} * interval '1 ms' end as starts_at
       from accounts a
       join runs r on r.id = $1
       join credentials c on c.id = a.credential_id
       left join syncs u on u.account_id = a.id and u.lane = 'live' and u.state in ('waiting', 'running')
       left join lateral (
         select ${breakerInWords} as told from breakers b
         where b.probe_at > clock_timestamp()
           and (b.scope = 'account' and b.subject = a.id::text or b.scope = 'credential' and b.subject = a.credential_id)
         order by b.probe_at desc limit 1
       ) open on true
       where a.job = $2 and a.enabled and ($3::bigint[] is null or a.id = any ($3))
     )
     insert into syncs (run_id, job, account_id, narrow, state, kept_out, reason, wait_until, starts_at, settled_at)
     select $1, $2, id, narrow, case when skipped is null then 'waiting' else 'skipped' end,
       paused is null and (kept_out is not null or is_in_the_way),
       coalesce(skipped, 'starts at ' || ${inUtc('starts_at')} || ' (spread)'),
       case when skipped is null then starts_at end, case when skipped is null then starts_at end,
       case when skipped is not null then clock_timestamp() end
     from candidate, lateral (select coalesce(paused, kept_out, busy) as skipped) told order by id
     on conflict do nothing`,
    [run.id, run.job, accountIds ?? null, tries, run.kind === 'manual', spread],
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

/** What the account `a` rests for is in the sync that sent it to rest. */
const restsForQuota = `coalesce((select s.error_class = 'quota' from syncs s
  where s.account_id = a.id and s.lane = 'live' and s.state in ('partial', 'deferred') order by s.id desc limit 1), false)`
