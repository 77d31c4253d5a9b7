import type { Sql } from '../../lib/sql'
import { inUtc } from '../postgres/in-utc'

/** What can be parked. */
export type ParkedScope = 'credential' | 'account'

const tables = { credential: 'credentials', account: 'accounts' } as const

/** SQL for people, from a parked row of that name: what is parked, since when, and why. */
export const parkedInWords = (scope: ParkedScope, row: string): string =>
  `'${scope} parked since ' || ${inUtc(`${row}.parked_at`)} || ': ' || ${row}.parked_reason`

/** What an attempt used, and what the vendor said of it. */
export interface Refused {
  readonly id: string
  readonly revision: string
  readonly syncId: string
  readonly reason: string
}

/**
 * - `parked`: by this
 * - `known`: it was parked before, by the sync that is named
 * - `stale`: it was changed since the attempt began, so what the attempt met says nothing of it
 */
export type Parking =
  | { readonly kind: 'parked' }
  | { readonly kind: 'known'; readonly told: string; readonly isProbe: boolean }
  | { readonly kind: 'stale' }

/**
 * Parks a credential or an account: nothing behind it is synced until a try of it goes well or a person has changed it.
 * `probeAfter` says how many milliseconds from now it is tried, after so many tries in vain. A try that was refused again puts
 * the next one off, and leaves everything else as it is.
 */
export async function park(
  sql: Sql,
  scope: ParkedScope,
  { id, revision, syncId, reason }: Refused,
  probeAfter: (inVain: number) => number,
): Promise<Parking> {
  const table = tables[scope]
  const { rows } = await sql.query<{
    isSame: boolean
    isParked: boolean
    isProbe: boolean
    probes: number
    told: string
  }>(
    `select updated_at::text = $2 as "isSame", parked_at is not null as "isParked",
       coalesce(probing_sync = $3, false) as "isProbe", probes, ${parkedInWords(scope, 'p')}
         || coalesce(' (found by sync ' || (select details ->> 'sync' from incidents i where i.kind = '${scope}-parked'
                     and i.subject = '${scope} ' || p.id and i.closed_at is null) || ')', '') as told
     from ${table} p where id = $1 for no key update of p`,
    [id, revision, syncId],
  )
  const [found] = rows
  if (!found?.isSame) return { kind: 'stale' }
  const { isParked, isProbe, probes, told } = found
  if (!isParked) {
    await sql.query(
      `update ${table} set parked_at = clock_timestamp(), parked_reason = $2, probes = 0, probing_sync = null,
         probe_at = clock_timestamp() + $3 * interval '1 millisecond' where id = $1`,
      [id, reason, probeAfter(0)],
    )
    return { kind: 'parked' }
  }
  if (isProbe)
    await sql.query(
      `update ${table} set probing_sync = null, probe_at = clock_timestamp() + $2 * interval '1 millisecond' where id = $1`,
      [id, probeAfter(probes)],
    )
  return { kind: 'known', told, isProbe }
}

/** Columns of what is not parked. */
export const unparked =
  'parked_at = null, parked_reason = null, probe_at = null, probes = 0, probing_sync = null'

/** Un-parks what this sync was let through to try. False where it is not parked any more, or another sync tries it. */
export async function unparkTried(
  sql: Sql,
  scope: ParkedScope,
  id: string,
  syncId: string,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update ${tables[scope]} set ${unparked} where id = $1 and probing_sync = $2 and parked_at is not null`,
    [id, syncId],
  )
  return rowCount > 0
}

/** Lets an account rest for so many milliseconds, because its vendor asked for it. */
export async function restAccount(sql: Sql, accountId: string, duration: number): Promise<void> {
  await sql.query(
    `update accounts set not_before = clock_timestamp() + $2 * interval '1 millisecond' where id = $1`,
    [accountId, duration],
  )
}
