import { randomBytes } from 'node:crypto'
import { Database } from '../../src/ledger/postgres/database'
import { only, type Sql } from '../../src/lib/sql'
import { shadowOf } from '../../src/sink/tables'
import { testUrl } from './redis'

/** Where a test's tables are. */
export interface Place {
  readonly url: string
  readonly schema: string
}

/** A place that is nobody else's, until its test gives it back. */
export interface OwnPlace extends Place {
  /** Removes it, and ends whoever is still connected to a database of its own. Safe twice. */
  readonly drop: () => Promise<void>
}

/** Puts into a place what every one of its kind has in the beginning. */
export type Prepare = (place: Place) => Promise<void>

/**
 * A place as `prepare` leaves it. Where our user may create databases the first of a kind is prepared, once per run, and each
 * place is a database of its own copied from that; else it is a schema in the only database we have, prepared each time.
 */
export async function placeLike(kind: string, prepare: Prepare): Promise<OwnPlace> {
  const url = testUrl('TEST_DATABASE_URL')
  const run = process.env['TEST_RUN']
  const admin = new Database({ url, schema: 'public', applicationName: 'syncfleet test', connections: 1 })
  const endWith = async (statement: string): Promise<void> => {
    try {
      await admin.query(statement)
    } finally {
      await admin[Symbol.asyncDispose]()
    }
  }
  try {
    const first = `${run}_${kind}`
    const { mayCreate, isDurable, isPrepared } = await situationOf(admin, first)
    if (run === undefined || !mayCreate) {
      const schema = `test_${randomBytes(6).toString('hex')}`
      await prepare({ url, schema })
      return {
        url,
        schema,
        drop: once(() => endWith(`drop schema if exists ${schema}, ${shadowOf(schema)} cascade`)),
      }
    }
    if (!isPrepared) await admin.session((sql) => prepareFirst(sql, url, first, prepare))
    const name = `${run}_${randomBytes(6).toString('hex')}`
    // Much the cheaper way where nobody waits for the disk.
    const how = isDurable ? '' : 'strategy file_copy'
    await admin.query(`create database ${name} template ${first} ${how}`)
    return {
      url: within(url, name),
      schema: ledger,
      drop: once(() => endWith(`drop database if exists ${name} with (force)`)),
    }
  } catch (error) {
    await admin[Symbol.asyncDispose]()
    throw error
  }
}

/** Drops the databases of a run, for a server that outlives it. */
export async function dropDatabasesOf(run: string, url: string): Promise<void> {
  await using admin = new Database({ url, schema: 'public', applicationName: 'syncfleet test' })
  const { rows } = await admin.query<{ name: string }>(
    'select datname as name from pg_database where starts_with(datname, $1)',
    [`${run}_`],
  )
  for (const { name } of rows) await admin.query(`drop database if exists ${name} with (force)`)
}

const ledger = 'ledger'

async function situationOf(
  sql: Sql,
  first: string,
): Promise<{ mayCreate: boolean; isDurable: boolean; isPrepared: boolean }> {
  return only(
    await sql.query<{ mayCreate: boolean; isDurable: boolean; isPrepared: boolean }>(
      `select rolcreatedb or rolsuper as "mayCreate", current_setting('fsync') = 'on' as "isDurable",
         exists (select from pg_database where datname = $1) as "isPrepared"
       from pg_roles where rolname = current_user`,
      [first],
    ),
  )
}

/** Whoever comes first prepares it, under another name until it is whole; the others wait. `sql` must be one session. */
async function prepareFirst(sql: Sql, url: string, first: string, prepare: Prepare): Promise<void> {
  await sql.query('select pg_advisory_lock(hashtextextended($1, 0))', [first])
  if ((await situationOf(sql, first)).isPrepared) return
  const half = `${first}_half`
  await sql.query(`create database ${half}`)
  await prepare({ url: within(url, half), schema: ledger })
  // Nothing can be copied while somebody is connected to it.
  await sql.query(`alter database ${half} allow_connections false`)
  await sql.query(`alter database ${half} rename to ${first}`)
}

function within(url: string, database: string): string {
  const inside = new URL(url)
  inside.pathname = `/${database}`
  return inside.href
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return async () => (done ??= act())
}
