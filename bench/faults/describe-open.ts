import type { World } from './world'

/** At most so many lines: the first say what is wrong. */
const most = 12

/** What has not ended of what began before `end`, a line each, with what is needed to find out why. */
export async function describeOpen({ fleet: { database } }: World, end: Date): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(
    `select 'run ' || id || ' of ' || job || ' (' || kind || ', due ' || coalesce(due_at::text, 'never') || ') is running' as line
       from runs where state = 'running' and started_at <= $1
     union all
     select 'sync ' || s.id || ' of account ' || s.account_id || ' is ' || s.state || coalesce(': ' || s.reason, '')
         || ', attempts ' || s.attempts || ', failures ' || s.failures || ', crashes ' || s.crashes || ', pages ' || s.pages
         || coalesce(', waits until ' || s.wait_until, '') || coalesce(', ' || s.error_code, '')
       from syncs s where s.state in ('waiting', 'running') and s.created_at <= $1
     union all
     select 'slot of ' || job || ' due ' || due_at || ' has no outcome' from slots where state = 'due' and due_at <= $1
     union all
     select 'account ' || a.id || ' has not been synced since' || coalesce(', parked: ' || a.parked_reason, '')
         || coalesce(', rests until ' || a.not_before, '')
       from accounts a where not exists (
         select 1 from syncs s where s.account_id = a.id and s.state = 'ok' and s.started_at > $1)`,
    [end],
  )
  return rows.slice(0, most).map(({ line }) => line)
}
