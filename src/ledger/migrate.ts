import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Umzug } from 'umzug'
import { only, type Sql } from '../lib/sql'
import type { Database } from './postgres/database'

/** Made once in the build and shipped beside this file. */
const folder = join(__dirname, 'migrations')

export interface Migrated {
  /** Names of the migrations applied by this call, in order. */
  readonly applied: readonly string[]
}

/**
 * Brings the ledger's schema up to date, then runs `also` under the same lock (the destination tables).
 * Safe when every container calls it at once: an advisory lock per schema lets one in at a time, the others find nothing to do.
 * Each migration is one transaction. Migrations only add, so the previous build keeps working beside them.
 */
export async function migrate(database: Database, also?: (sql: Sql) => Promise<void>): Promise<Migrated> {
  return database.session(async (sql) => {
    // Waiting for another container's migration may outlast any statement timeout.
    await sql.query('set statement_timeout = 0')
    await sql.query('select pg_advisory_lock(hashtextextended($1, 0))', [
      `syncfleet migrate ${database.schema}`,
    ])
    await sql.query(`create schema if not exists ${database.schema}`)
    await sql.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    )
    const applied = await umzugOf(sql, await migrationsOf(sql)).up()
    await also?.(sql)
    return { applied: applied.map(({ name }) => name) }
  })
}

/** True where every migration of this build has been applied. */
export async function isMigrated(sql: Sql): Promise<boolean> {
  const { known } = only(
    await sql.query<{ known: boolean }>("select to_regclass('migrations') is not null as known"),
  )
  if (!known) return false
  const pending = await umzugOf(sql, await migrationsOf(sql)).pending()
  return pending.length === 0
}

const migrationsOf = async (sql: Sql) => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  return files.map((file) => ({
    name: file.replace(/\.sql$/, ''),
    up: async () => {
      const text = await readFile(join(folder, file), 'utf8')
      await sql.query('begin')
      try {
        await sql.query(text)
        await sql.query('insert into migrations (name) values ($1)', [file.replace(/\.sql$/, '')])
        await sql.query('commit')
      } catch (cause) {
        await sql.query('rollback')
        throw new Error(`migration ${file} failed and was rolled back`, { cause })
      }
    },
  }))
}

const umzugOf = (sql: Sql, migrations: { name: string; up: () => Promise<void> }[]) =>
  new Umzug({
    migrations,
    logger: undefined,
    storage: {
      // Recorded by the migration itself, in its own transaction.
      logMigration: async () => undefined,
      unlogMigration: async () => undefined,
      executed: async () =>
        (await sql.query<{ name: string }>('select name from migrations order by name')).rows.map(
          (row) => row.name,
        ),
    },
  })
