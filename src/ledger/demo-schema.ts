import { only } from '../lib/sql'
import type { Database } from './postgres/database'

/** Whose data a schema holds: ours to fill with demo clients, or somebody's own. */
export type SchemaOwner = 'demo' | 'theirs'

const mark = 'made by npm start for demo data'

/**
 * Makes the database's schema, marked as one for demo data, where there is none; tells whose it is otherwise.
 * A schema that was not made here is never ours, even when it is empty.
 */
export async function claimDemoSchema(database: Database): Promise<SchemaOwner> {
  const { schema } = database
  return database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`syncfleet demo ${schema}`])
    const { known, comment } = only(
      await sql.query<{ known: boolean; comment: string | null }>(
        `select to_regnamespace($1) is not null as known,
                obj_description(to_regnamespace($1), 'pg_namespace') as comment`,
        [schema],
      ),
    )
    if (comment?.startsWith(mark)) return 'demo'
    if (known) return 'theirs'
    await sql.query(`create schema ${schema}`)
    await sql.query(`comment on schema ${schema} is '${mark}'`)
    return 'demo'
  })
}
