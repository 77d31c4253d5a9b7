import { isDeepStrictEqual } from 'node:util'
import type { Sql } from '../../lib/sql'
import { closeIncident } from '../gates/incidents'
import { unparked } from '../gates/parking'
import type { Database } from '../postgres/database'
import type { Upserted } from './clients'
import { SecretBoxError, type SecretBox } from './secret-box'

/** A credential as lists show it: without its secrets. */
export interface CredentialRow {
  readonly id: string
  readonly job: string
  /** The key that its secrets are sealed with. */
  readonly keyId: string
  readonly accounts: number
  readonly parkedAt: Date | null
  readonly parkedReason: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A credential exists under another job; its accounts hold it there. */
export class CredentialJobError extends Error {
  override name = 'CredentialJobError'
  readonly code = 'credential_job'
}

const columns = `id, job, split_part(secrets, ':', 1) as "keyId", parked_at as "parkedAt",
  parked_reason as "parkedReason", created_at as "createdAt", updated_at as "updatedAt",
  (select count(*)::int from accounts where credential_id = credentials.id) as accounts`

/** Credentials by id: all of them, those of one job, or those that follow upon an id. */
export async function listCredentials(
  sql: Sql,
  query: { readonly job?: string; readonly after?: string; readonly limit?: number } = {},
): Promise<CredentialRow[]> {
  const { rows } = await sql.query<CredentialRow>(
    `select ${columns} from credentials
     where ($1::text is null or job = $1) and ($2::text is null or id > $2) order by id limit $3`,
    [query.job ?? null, query.after ?? null, query.limit ?? null],
  )
  return rows
}

export async function findCredential(sql: Sql, id: string): Promise<CredentialRow | undefined> {
  const { rows } = await sql.query<CredentialRow>(`select ${columns} from credentials where id = $1`, [id])
  return rows[0]
}

/**
 * Adds a credential, or sets the secrets of the one of that id, which un-parks it and its accounts. Run it in a transaction.
 * Secrets that say the same as before change nothing. Throws a `CredentialJobError` for an id that another job has.
 */
export async function upsertCredential(
  sql: Sql,
  box: SecretBox,
  given: { readonly id: string; readonly job: string; readonly secrets: unknown },
): Promise<Upserted> {
  const sealed = box.seal(JSON.stringify(given.secrets), given.id)
  const inserted = await sql.query(
    'insert into credentials (id, job, secrets) values ($1, $2, $3) on conflict (id) do nothing',
    [given.id, given.job, sealed],
  )
  if (inserted.rowCount === 1) return 'inserted'
  const { rows } = await sql.query<{ job: string; secrets: string; isParked: boolean }>(
    'select job, secrets, parked_at is not null as "isParked" from credentials where id = $1 for no key update',
    [given.id],
  )
  const [found] = rows
  if (found?.job !== given.job)
    throw new CredentialJobError(`credential ${given.id} belongs to job ${found?.job}`)
  const isSame = isDeepStrictEqual(openedOrNothing(box, found.secrets, given.id), given.secrets)
  // Setting the same again is how a person says that the vendor takes it now.
  if (isSame && !found.isParked) return 'unchanged'
  await sql.query('update credentials set secrets = $2, updated_at = clock_timestamp() where id = $1', [
    given.id,
    sealed,
  ])
  await unparkCredential(sql, given.id)
  return 'updated'
}

/** A credential's secrets; undefined where there is no such credential of that job, or none of our keys opens it. */
export async function openCredential(
  sql: Sql,
  box: SecretBox,
  of: { readonly id: string; readonly job: string },
): Promise<unknown> {
  const { rows } = await sql.query<{ secrets: string }>(
    'select secrets from credentials where id = $1 and job = $2',
    [of.id, of.job],
  )
  const [found] = rows
  return found && openedOrNothing(box, found.secrets, of.id)
}

/** What cannot be opened any more differs from whatever is set: setting it anew is the way out. */
function openedOrNothing(box: SecretBox, sealed: string, id: string): unknown {
  try {
    return JSON.parse(box.open(sealed, id))
  } catch (error) {
    if (error instanceof SecretBoxError) return undefined
    throw error
  }
}

/**
 * Lets a credential and every parked account under it be synced again, and closes their incidents, after which the leader has
 * those synced that were kept out. Run it in a transaction.
 */
export async function unparkCredential(sql: Sql, id: string): Promise<void> {
  const closing = 'the credential was set anew'
  const credential = await sql.query(
    `update credentials set ${unparked} where id = $1 and parked_at is not null`,
    [id],
  )
  // Accounts are locked by id, as everywhere.
  const { rows: accounts } = await sql.query<{ id: string }>(
    `with parked as (
       select id from accounts where credential_id = $1 and parked_at is not null order by id for no key update
     )
     update accounts set ${unparked} from parked where accounts.id = parked.id returning accounts.id`,
    [id],
  )
  if (credential.rowCount > 0)
    await closeIncident(sql, { kind: 'credential-parked', subject: `credential ${id}` }, closing)
  for (const account of accounts)
    await closeIncident(sql, { kind: 'account-parked', subject: `account ${account.id}` }, closing)
}

export interface Rotation {
  readonly rotated: number
  /** Credentials that could not be opened; they stay as they are. */
  readonly failed: readonly { readonly id: string; readonly problem: string }[]
}

/**
 * Seals with the first key what is sealed with another one. Safe while workers run, and to repeat:
 * a batch locks its rows for a moment only, and what is cut short goes on at the next call.
 */
export async function rotateCredentials(
  database: Database,
  box: SecretBox,
  signal: AbortSignal,
  batch = 100,
): Promise<Rotation> {
  const failed: { id: string; problem: string }[] = []
  let rotated = 0
  let after = ''
  for (;;) {
    signal.throwIfAborted()
    const ids = await database.transaction(async (sql) => {
      const { rows } = await sql.query<{ id: string; secrets: string }>(
        `select id, secrets from credentials where split_part(secrets, ':', 1) <> $1 and id > $2
         order by id limit $3 for no key update`,
        [box.keyId, after, batch],
      )
      for (const { id, secrets } of rows) {
        try {
          const sealed = box.seal(box.open(secrets, id), id)
          await sql.query('update credentials set secrets = $2 where id = $1', [id, sealed])
          rotated += 1
        } catch (error) {
          if (!(error instanceof SecretBoxError)) throw error
          failed.push({ id, problem: error.message })
        }
      }
      return rows.map(({ id }) => id)
    })
    const last = ids.at(-1)
    if (last === undefined) return { rotated, failed }
    after = last
  }
}
