import { truthFields, truthHash, type TruthRow } from '../../sandbox'
import { minutes, seconds } from '../../src/lib/durations'
import { Loop } from '../../src/lib/loop'
import type { Fleet } from '../../test/support/fleet'

/** Calls that began so long before the sandbox's epoch will not change any more. */
const settledAfter = minutes(10)

/** How rows differ from what a faithful copy holds. */
export interface RowsFound {
  readonly compared: number
  readonly missing: number
  readonly differing: number
  readonly surplus: number
}

/**
 * Keeps every account loading: one whose first load is complete is compared with the truth, as far as that stands still,
 * and emptied, so that the next slot begins anew.
 */
export class Loads implements AsyncDisposable {
  readonly #fleet: Fleet
  readonly #until: Date
  readonly #truths = new Map<number, ReadonlyMap<string, string>>()
  readonly #loop: Loop
  #found: RowsFound = { compared: 0, missing: 0, differing: 0, surplus: 0 }
  #loads = 0

  constructor(fleet: Fleet) {
    this.#fleet = fleet
    this.#until = new Date(fleet.sandbox.clock.now().getTime() - settledAfter)
    this.#loop = new Loop({
      interval: seconds(1),
      step: (signal) => this.#startOver(signal),
      // An outage is what this is about; the account's turn comes again.
      failed: () => undefined,
    })
  }

  /** Loads that were complete and compared. */
  get count(): number {
    return this.#loads
  }

  /** What comparing them found, all together. */
  get found(): RowsFound {
    return this.#found
  }

  start(): void {
    this.#loop.start()
  }

  /** Empties no more accounts. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]()
  }

  async #startOver(signal: AbortSignal): Promise<void> {
    const { rows } = await this.#fleet.database.query<{ id: string; external_id: string }>(
      `select a.id, a.external_id from accounts a join stream_states s on s.account_id = a.id
       where s.position is null and s.cursor->>'swept' is not null
         and not exists (select 1 from syncs o where o.account_id = a.id and o.state in ('waiting', 'running'))`,
    )
    for (const { id, external_id } of rows) {
      if (signal.aborted) return
      await this.#empty(id, Number(external_id))
    }
  }

  async #empty(accountId: string, externalId: number): Promise<void> {
    const copy = await this.#fleet.database.transaction(async (sql) => {
      // Planning waits for the account, so no sync of it begins meanwhile.
      await sql.query('select 1 from accounts where id = $1 for update', [accountId])
      const open = "select 1 from syncs where account_id = $1 and state in ('waiting', 'running')"
      if ((await sql.query(open, [accountId])).rowCount > 0) return undefined
      const { rows } = await sql.query<TruthRow>(
        `delete from ctm_calls where account_id = $1 returning ${truthFields.join(', ')}`,
        [accountId],
      )
      await sql.query('delete from stream_states where account_id = $1', [accountId])
      return rows
    })
    if (!copy) return
    this.#loads += 1
    this.#compare(copy, this.#truthOf(externalId))
  }

  #truthOf(externalId: number): ReadonlyMap<string, string> {
    const known = this.#truths.get(externalId)
    if (known) return known
    const truth = new Map<string, string>()
    for (const row of this.#fleet.sandbox.vendors.ctm.truth(externalId))
      if (this.#isSettled(row)) truth.set(String(row.call_id), row.hash)
    this.#truths.set(externalId, truth)
    return truth
  }

  #compare(copy: readonly TruthRow[], truth: ReadonlyMap<string, string>): void {
    const settled = copy.filter((row) => this.#isSettled(row))
    const held = new Set(settled.map(({ call_id }) => String(call_id)))
    const known = settled.filter(({ call_id }) => truth.has(String(call_id)))
    const differing = known.filter((row) => truth.get(String(row.call_id)) !== truthHash(row))
    const missing = [...truth.keys()].filter((id) => !held.has(id))
    this.#found = {
      compared: this.#found.compared + truth.size,
      missing: this.#found.missing + missing.length,
      differing: this.#found.differing + differing.length,
      surplus: this.#found.surplus + settled.length - known.length,
    }
  }

  #isSettled({ called_at }: TruthRow): boolean {
    return new Date(called_at as string | Date) < this.#until
  }
}
