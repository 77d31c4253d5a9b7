import type { Sql } from '../../lib/sql'
import { postgresTime } from '../postgres/time'
import { listRuns, type RunTotals } from './runs'

/** Runs that have settled since the first look, each once. */
export class FinishedRuns {
  readonly #sql: Sql
  /** By run and instant: a run that was reopened settles again. */
  readonly #seen = new Set<string>()
  #since: Date | undefined

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Those that have settled since the last look, in that order; the first look tells none. */
  async next(): Promise<RunTotals[]> {
    const now = await postgresTime(this.#sql)
    const settled = await this.#settledSince(this.#since ?? now)
    const fresh = settled.filter(({ name }) => !this.#seen.has(name))
    const told = this.#since === undefined ? [] : fresh
    const totals = await Promise.all(told.map(({ id }) => listRuns(this.#sql, { id, limit: 1 })))
    this.#since = now
    this.#remember(settled.map(({ name }) => name))
    return totals.flat()
  }

  /** Looks a little further back: a run's instant is taken before its transaction can be seen. */
  async #settledSince(since: Date): Promise<{ id: string; name: string }[]> {
    const { rows } = await this.#sql.query<{ id: string; name: string }>(
      `select id, concat(id, ' ', settled_at) as name from runs
       where settled_at > $1::timestamptz - interval '10 seconds' and id > (select max(id) - 5000 from runs)
       order by settled_at, id`,
      [since],
    )
    return rows
  }

  /** Keeps the names that the next look may meet, and some more. */
  #remember(names: readonly string[]): void {
    for (const name of names) this.#seen.add(name)
    const surplus = this.#seen.size - names.length - 1000
    for (const name of [...this.#seen].slice(0, Math.max(0, surplus))) this.#seen.delete(name)
  }
}
