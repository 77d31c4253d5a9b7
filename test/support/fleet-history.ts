import { only, type Sql } from '../../src/lib/sql'

/** An enabled account of a job and its client. Returns the account's id. */
export async function addAccount(
  sql: Sql,
  job: string,
  client: string,
  { name = `Client ${client}`, enabled = true }: { name?: string; enabled?: boolean } = {},
): Promise<string> {
  await sql.query(
    `insert into clients (id, name, timezone) values ($1, $2, 'America/Chicago') on conflict (id) do nothing`,
    [client, name],
  )
  await sql.query(
    `insert into credentials (id, job, secrets) values ($1 || '-key', $1, 'sealed') on conflict (id) do nothing`,
    [job],
  )
  const { id } = only(
    await sql.query<{ id: string }>(
      `insert into accounts (client_id, job, external_id, credential_id, timezone, enabled)
       values ($1, $2, $1 || '-account', $2 || '-key', 'America/Chicago', $3) returning id`,
      [client, job, enabled],
    ),
  )
  return id
}

export interface PastSync {
  readonly account: string
  readonly state: 'ok' | 'partial' | 'failed' | 'skipped' | 'running'
  readonly inserted?: number
}

export interface PastRun {
  readonly job: string
  readonly state: 'running' | 'ok' | 'partial' | 'failed'
  /** Seconds ago. */
  readonly startedAgo: number
  /** Seconds that it took, or its syncs took. */
  readonly took: number
  readonly mode?: 'live' | 'shadow'
  readonly syncs?: readonly PastSync[]
}

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000)

/** A run that happened, with its slot and its syncs. */
export async function addRun(sql: Sql, run: PastRun): Promise<void> {
  const startedAt = ago(run.startedAgo)
  const settledAt = ago(run.startedAgo - run.took)
  const { id } = only(
    await sql.query<{ id: string }>(
      `insert into runs (job, kind, mode, due_at, state, definition_version, started_at, settled_at)
       values ($1, 'slot', $2, $3, $4, 1, $3, $5) returning id`,
      [run.job, run.mode ?? 'live', startedAt, run.state, run.state === 'running' ? null : settledAt],
    ),
  )
  await sql.query(
    `insert into slots (job, due_at, state, run_id, settled_at) values ($1, $2, 'ran', $3, $2)`,
    [run.job, startedAt, id],
  )
  for (const { account, state, inserted = 0 } of run.syncs ?? []) {
    await sql.query(
      `insert into syncs (run_id, job, account_id, state, reason, error_code, inserted, started_at, settled_at)
       values ($1, $2, $3, $4::text, case $4::text when 'skipped' then 'parked' end,
         case $4::text when 'failed' then 'vendor_unavailable' end, $5, $6, case when $4::text <> 'running' then $7::timestamptz end)`,
      [id, run.job, account, state, inserted, startedAt, settledAt],
    )
  }
}
