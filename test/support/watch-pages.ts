import type { Sql } from '../../src/lib/sql'

/**
 * Has Postgres record every committed page together with the fence that its account had and the connection that wrote it.
 * Connections bear the worker's name, so each page can be held against the attempt whose fence it was.
 */
export async function watchPages(sql: Sql): Promise<void> {
  await sql.query(
    `create table page_watch (
       sync_id bigint, account_id bigint, fence bigint, writer text default current_setting('application_name'))`,
  )
  await sql.query(
    `create function watch_page() returns trigger language plpgsql as $$ begin
       insert into page_watch (sync_id, account_id, fence)
         select new.id, new.account_id, fence from accounts where id = new.account_id;
       return null;
     end $$`,
  )
  await sql.query(
    `create trigger watch_page after update of pages on syncs for each row
     when (new.pages > old.pages) execute function watch_page()`,
  )
}

/** How many pages were recorded, and those not written by the worker whose attempt holds the fence. */
export async function strayPages(sql: Sql): Promise<{ pages: number; strays: object[] }> {
  const { rows } = await sql.query<{ isStray: boolean }>(
    `select p.*, a.worker, (a.worker is null or a.sync_id <> p.sync_id
         or p.writer <> left('syncfleet worker ' || a.worker, 63)) as "isStray"
     from page_watch p left join (
       attempts a join syncs s on s.id = a.sync_id
     ) on s.account_id = p.account_id and a.fence = p.fence`,
  )
  return { pages: rows.length, strays: rows.filter(({ isStray }) => isStray) }
}
