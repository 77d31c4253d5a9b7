import { jobs } from '../jobs'
import type { Sql } from '../src/lib/sql'
import { days } from '../src/lib/durations'
import { instantsBetween } from '../src/lib/cron'
import type { Database } from '../src/ledger/postgres/database'

export interface History {
  readonly clients: number
  readonly days: number
}

/**
 * Fills a migrated ledger with what a fleet leaves behind in so many days: every slot of the nine schedules, a run for each,
 * a sync and an attempt per client; of a thousand syncs five end partial, three fail and ten are skipped. Ends with the
 * statistics that a server gathers by itself in time.
 */
export async function fillHistory(database: Database, history: History): Promise<void> {
  await database.session(async (sql) => {
    await sql.query("set synchronous_commit = off; set maintenance_work_mem = '1GB'; set jit = off")
    await fillClients(sql, history.clients)
    for (const { id, schedule } of jobs) {
      const now = new Date()
      const since = new Date(now.getTime() - days(history.days))
      await fillRuns(sql, id, instantsBetween(schedule, since, now, Number.MAX_SAFE_INTEGER))
    }
    await withoutIndexes(sql, ['syncs', 'attempts'], async () => {
      await fillSyncs(sql)
      await fillAttempts(sql)
    })
    await fillOthers(sql, history)
    await sql.query('vacuum (analyze)')
  })
}

async function fillClients(sql: Sql, clients: number): Promise<void> {
  const names = ['Riverside', 'Lakeside', 'Hilltop', 'Capital', 'Summit', 'Prairie', 'Harbor', 'Liberty']
  await sql.query(
    `insert into clients (id, name, timezone)
     select 'client-' || i, ($2::text[])[1 + i % 8] || ' Motors ' || i, 'America/Chicago' from generate_series(1, $1::int) i`,
    [clients, names],
  )
  for (const { id } of jobs) {
    await sql.query(
      `insert into credentials (id, job, secrets) select $1 || '-' || i, $1, 'sealed' from generate_series(1, 50) i`,
      [id],
    )
    await sql.query(
      `insert into accounts (client_id, job, external_id, credential_id, timezone)
       select c.id, $1, (7000000 + row_number() over (order by c.id))::text, $1 || '-' || (1 + row_number() over (order by c.id) % 50), c.timezone
       from clients c`,
      [id],
    )
  }
  await sql.query(
    `insert into stream_states (account_id, stream, mode, cursor) select id, 'calls', 'live', '{"newest": "2026-11-20"}' from accounts`,
  )
}

async function fillRuns(sql: Sql, job: string, instants: readonly Date[]): Promise<void> {
  await sql.query(
    `with made as (
       insert into runs (job, kind, mode, due_at, state, definition_version, started_at, settled_at)
       select $1, 'slot', 'live', at, case when extract(day from at)::int % 3 = 0 then 'partial' else 'ok' end, 1,
         at + interval '1 second', at + interval '90 seconds'
       from unnest($2::timestamptz[]) at returning id, job, due_at
     )
     insert into slots (job, due_at, state, run_id, created_at, settled_at) select job, due_at, 'ran', id, due_at, due_at from made`,
    [job, instants],
  )
  await sql.query(
    `insert into schedules (job, cron, timezone, checked_until) values ($1, '0 0 * * *', 'UTC', now())`,
    [job],
  )
}

/** In the order of time, as a fleet writes them: what was written together lies together. */
async function fillSyncs(sql: Sql): Promise<void> {
  await sql.query(
    `insert into syncs (run_id, job, account_id, state, reason, attempts, failures, pages, read, inserted, unchanged,
       error_class, error_code, error_message, error_signature, created_at, started_at, settled_at)
     select run, job, account, state, case when state = 'skipped' then 'still syncing' end,
       case when state = 'skipped' then 0 else 1 end, case when state = 'failed' then 1 else 0 end, 2, 40, dice % 20, 20,
       case when state = 'failed' then 'VendorUnavailableError' end,
       case when state = 'failed' then 'vendor_unavailable' end,
       case when state = 'failed' then 'the vendor answered 503 after ' || dice || ' ms: upstream ' || account || ' is away' end,
       case when state = 'failed' then 'signature-' || job end,
       started_at, started_at + interval '2 seconds', started_at + interval '10 seconds' + dice * interval '50 milliseconds'
     from (
       select *, case when dice < 5 then 'partial' when dice < 8 then 'failed' when dice < 18 then 'skipped' else 'ok' end as state
       from (
         select r.id as run, r.job, r.started_at, a.id as account,
           abs(hashint8extended(r.id * 10007 + a.id, 20260308) % 1000)::int as dice
         from runs r join accounts a on a.job = r.job order by r.started_at, r.id, a.id
       ) drawn
     ) told`,
  )
  // People see to what has failed: only those of the last days are left.
  await sql.query(
    `update syncs set discarded_at = settled_at, discarded_by = 'ann'
     where state = 'failed' and settled_at < now() - interval '10 days'`,
  )
}

async function fillAttempts(sql: Sql): Promise<void> {
  await sql.query(
    `insert into attempts (sync_id, number, fence, worker, build, outcome, error_code, error_message, started_at, ended_at, calls)
     select id, 1, id, '17-abcdef@worker-' || id % 4, '0.1.0+1a2b3c4', state, error_code, error_message, started_at, settled_at, 3
     from syncs where attempts = 1 order by id`,
  )
}

async function fillOthers(sql: Sql, { days: many }: History): Promise<void> {
  await sql.query(
    `insert into rejected_records (account_id, job, stream, mode, fingerprint, reason, record, first_sync_id, last_sync_id, first_seen_at, last_seen_at)
     select s.account_id, s.job, 'calls', 'live', int8send(s.id), 'duration: expected a number, got "unknown"', '{"duration": "unknown"}',
       s.id, s.id, s.settled_at, s.settled_at
     from syncs s where s.state = 'partial' and s.id % 3 = 0`,
  )
  await sql.query(
    `insert into audit_log (at, actor, via, action, subject, reason, outcome, origin)
     select now() - i * interval '5 minutes', (array['ann', 'ben', 'system'])[1 + i % 3], (array['dashboard', 'cli', 'api'])[1 + i % 3],
       (array['run now', 'pause', 'resume', 'retry', 'log in'])[1 + i % 5], 'account ' || i % 2700, 'as agreed with the client', 'done', '10.0.0.7'
     from generate_series(1, $1::int * 288) i`,
    [many],
  )
  await sql.query(
    `insert into incidents (kind, subject, job, message, opened_at, last_at, closed_at, closing, held_up)
     select 'breaker-open', 'account ' || i % 2700, 'ctm', 'circuit breaker of account ' || i % 2700 || ' is open: 503', at, at, at + interval '1 hour',
       'a sync went well', 0 from (select i, now() - i * interval '2 hours' as at from generate_series(1, $1::int * 12) i) made`,
    [many],
  )
  await sql.query(
    `insert into pauses (scope, subject, reason, paused_by, paused_at, ended_at, ended_by)
     select 'client', 'client-' || 1 + i % 300, 'moving house', 'ann', now() - i * interval '1 day', now() - i * interval '23 hours', 'ann'
     from generate_series(1, $1::int) i`,
    [many],
  )
}

/** What is filled at once is indexed and checked at once. */
async function withoutIndexes(sql: Sql, tables: readonly string[], fill: () => Promise<void>): Promise<void> {
  const { rows: indexes } = await sql.query<{ name: string; make: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as make from pg_index i
     where i.indrelid = any ($1::regclass[]) and not exists (select from pg_constraint where conindid = i.indexrelid)`,
    [tables],
  )
  const { rows: keys } = await sql.query<{ on: string; name: string; make: string }>(
    `select conrelid::regclass::text as on, conname as name, pg_get_constraintdef(oid) as make from pg_constraint
     where contype = 'f' and conrelid = any ($1::regclass[])`,
    [tables],
  )
  for (const { name } of indexes) await sql.query(`drop index ${name}`)
  for (const { on, name } of keys) await sql.query(`alter table ${on} drop constraint ${name}`)
  await fill()
  for (const { make } of indexes) await sql.query(make)
  for (const { on, name, make } of keys)
    await sql.query(`alter table ${on} add constraint ${name} ${make} not valid`)
}
