import type { Sql } from '../../src/lib/sql'
import { watchPages } from '../../test/support/watch-pages'

/** Has Postgres record when each page was written and under which fence, and every position that does not follow on the one before. */
export async function watchWriting(sql: Sql): Promise<void> {
  await watchPages(sql)
  await sql.query('alter table page_watch add column at timestamptz not null default clock_timestamp()')
  await sql.query('create index page_watch_sync on page_watch (sync_id)')
  await sql.query(
    `create table position_watch (
       account_id bigint, at timestamptz default clock_timestamp(), before jsonb, after jsonb, kind text)`,
  )
  await sql.query(
    `create function watch_position() returns trigger language plpgsql as $$
     declare
       step integer := (new.position->>'pages')::int - (old.position->>'pages')::int;
     begin
       if (old.position->>'from', old.position->>'to') = (new.position->>'from', new.position->>'to') and step <> 1 then
         insert into position_watch (account_id, before, after, kind)
           values (new.account_id, old.position, new.position, case when step > 1 then 'skipped' else 'again' end);
       end if;
       return null;
     end $$`,
  )
  await sql.query(
    `create trigger watch_position after update of position on stream_states for each row
     when (old.position is not null and new.position is not null) execute function watch_position()`,
  )
}
