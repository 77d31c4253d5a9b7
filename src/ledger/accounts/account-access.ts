import type { Sql } from '../../lib/sql'
import { parkedInWords } from '../gates/parking'

/** What it takes to speak to the vendor on an account's behalf, without a claim on it. `secrets` are sealed. */
export interface AccountAccess {
  readonly id: string
  readonly job: string
  readonly clientId: string
  readonly externalId: string
  readonly timezone: string
  readonly settings: unknown
  readonly enabled: boolean
  readonly credentialId: string
  readonly secrets: string
  /** What is parked, since when and why; null where nothing is. */
  readonly parked: string | null
}

/** Accounts by job and client: all enabled ones, those of one job, or those named, enabled or not. */
export async function accountAccess(
  sql: Sql,
  query: { readonly job?: string; readonly ids?: readonly string[] } = {},
): Promise<AccountAccess[]> {
  const { rows } = await sql.query<AccountAccess>(
    `select a.id, a.job, a.client_id as "clientId", a.external_id as "externalId", a.timezone, a.settings, a.enabled,
       a.credential_id as "credentialId", c.secrets,
       case when c.parked_at is not null then ${parkedInWords('credential', 'c')}
            when a.parked_at is not null then ${parkedInWords('account', 'a')}
       end as parked
     from accounts a join credentials c on c.id = a.credential_id
     where ($1::text is null or a.job = $1) and case when $2::bigint[] is null then a.enabled else a.id = any ($2) end
     order by a.job, a.client_id, a.external_id`,
    [query.job ?? null, query.ids ?? null],
  )
  return rows
}
