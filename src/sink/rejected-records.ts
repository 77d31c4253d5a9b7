import type { Sql } from '../lib/sql'
import type { Rejected } from './check-records'
import type { Owner } from './target'

/**
 * Files records that could not be written, for a person to look at. One that was filed before raises `times` and takes
 * the latest reason. Returns how many were set aside, repeats included.
 */
export async function setAside(
  sql: Sql,
  { accountId, mode, syncId, job, stream }: Owner & { readonly job: string; readonly stream: string },
  rejected: readonly Rejected[],
): Promise<number> {
  if (rejected.length === 0) return 0
  await sql.query(
    `insert into rejected_records
       (account_id, job, stream, mode, fingerprint, reason, record, times, first_sync_id, last_sync_id)
     select $1::bigint, $2, $3, $4, decode(fingerprint, 'hex'), reason, record, times, $5::bigint, $5::bigint
       from json_to_recordset($6::json) as given (fingerprint text, reason text, record jsonb, times integer)
     on conflict (account_id, stream, mode, fingerprint) do update
       set times = rejected_records.times + excluded.times, reason = excluded.reason,
           last_sync_id = excluded.last_sync_id, last_seen_at = now()`,
    [accountId, job, stream, mode, syncId, JSON.stringify(counted(rejected))],
  )
  return rejected.length
}

interface Counted extends Omit<Rejected, 'fingerprint'> {
  readonly fingerprint: string
  times: number
}

/** One entry per fingerprint: an upsert may meet each only once. */
function counted(rejected: readonly Rejected[]): Counted[] {
  const entries = new Map<string, Counted>()
  for (const { fingerprint, reason, record } of rejected) {
    const id = fingerprint.toString('hex')
    const known = entries.get(id)
    if (known) known.times += 1
    else entries.set(id, { fingerprint: id, reason, record, times: 1 })
  }
  return [...entries.values()]
}
