import { only, type Sql } from '../lib/sql'
import type { Act } from './audit'

/** What of the audit log is asked for: rows that fit everything given. */
export interface AuditQuery {
  /** Exactly this name. */
  readonly actor?: string
  /** Exactly this verb phrase: `pause job`. */
  readonly action?: string
  /** Exactly this thing: `job ctm`. */
  readonly subject?: string
  readonly outcome?: Act['outcome']
  readonly via?: Act['via']
  /** Words, or their beginnings, each of which stands in action, subject, reason, before or after. */
  readonly text?: string
  /** This instant and later. */
  readonly from?: Date
  /** Before this instant. */
  readonly to?: Date
}

/** A row of the audit log. */
export interface AuditRow {
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly via: Act['via']
  /** Null in rows older than origins. */
  readonly origin: string | null
  readonly action: string
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
  readonly outcome: Act['outcome']
}

/** Rows of an export are read so many at a time. */
const atATime = 500

/** The latest `limit` rows that fit; those before row `before`, where one is given. */
export async function searchAudit(
  sql: Sql,
  query: AuditQuery & { readonly before?: string; readonly limit: number },
): Promise<AuditRow[]> {
  const words = query.text?.trim() ? await wordsOf(sql, query.text) : []
  // Nothing but signs fits no row, where an empty search would fit all.
  if (query.text?.trim() && words.length === 0) return []
  const conditions: string[] = []
  const values: unknown[] = []
  const where = (condition: string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition.replace('?', `$${values.length}`))
  }
  where('actor = ?', query.actor)
  where('action = ?', query.action)
  where('subject = ?', query.subject)
  where('outcome = ?', query.outcome)
  where('via = ?', query.via)
  where('at >= ?', query.from)
  where('at < ?', query.to)
  where('id < ?', query.before)
  where(
    'words @@ ?::tsquery',
    words.length === 0 ? undefined : words.map((word) => `'${word}':*`).join(' & '),
  )
  values.push(query.limit)
  const { rows } = await sql.query<AuditRow>(
    `select id, at, actor, via, origin, action, subject, before, after, reason, outcome from audit_log
     ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
     order by id desc limit $${values.length}`,
    values,
  )
  return rows
}

/** All rows that fit, latest first, a few at a time: any number of them takes the same memory. */
export async function* exportAudit(sql: Sql, query: AuditQuery): AsyncGenerator<AuditRow> {
  let before: string | undefined
  for (;;) {
    const rows = await searchAudit(sql, { ...query, ...(before !== undefined && { before }), limit: atATime })
    yield* rows
    before = rows.at(-1)?.id
    if (rows.length < atATime) return
  }
}

/** The names of all who are in the log, and all that was ever done: for suggestions. Takes a step per name, not per row. */
export async function auditNames(
  sql: Sql,
): Promise<{ readonly actors: string[]; readonly actions: string[] }> {
  const [actors, actions] = await Promise.all([distinct(sql, 'actor'), distinct(sql, 'action')])
  return { actors, actions }
}

async function distinct(sql: Sql, column: 'actor' | 'action'): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `with recursive names as (
       (select ${column} as name from audit_log order by ${column} limit 1)
       union all
       select (select ${column} from audit_log where ${column} > names.name order by ${column} limit 1)
       from names where names.name is not null
     )
     select name from names where name is not null limit 200`,
  )
  return rows.map(({ name }) => name)
}

/** Split as the words of the rows are. */
async function wordsOf(sql: Sql, text: string): Promise<string[]> {
  const { words } = only(
    await sql.query<{ words: string[] }>(
      `select tsvector_to_array(audit_words($1, '', null, null, null)) as words`,
      [text],
    ),
  )
  return words.slice(0, 20)
}
