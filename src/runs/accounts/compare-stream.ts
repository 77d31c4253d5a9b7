import { type DayWindow, type Page, type Stream } from '../../job/streams'
import type { Database } from '../../ledger/postgres/database'
import { checkRecords } from '../../sink/check-records'
import { dayColumn, dayOfRow, heldKeys, keyDigest, keyText, type KeysOf } from '../../sink/held-keys'
import type { Target } from '../../sink/target'

/** How one stream of one account compares. */
export interface StreamComparison {
  readonly stream: string
  readonly table: string
  /** Distinct keys that the vendor has in the window. */
  readonly vendor: number
  /** Present rows of the window. */
  readonly held: number
  /** What the vendor has and the table lacks; the first of them as keys. */
  readonly missing: number
  readonly missingKeys: readonly string[]
  /** What the table has and the vendor lacks; the first of them as keys. */
  readonly surplus: number
  readonly surplusKeys: readonly string[]
  /** Records that the table cannot hold, and so lacks for good reason. */
  readonly rejected: number
}

const shownAtMost = 20

/** Whether a window of days can be compared at all. */
export const isComparable = (stream: Stream): boolean =>
  stream.kind === 'snapshot' || dayColumn(stream) !== undefined

/**
 * Holds what a vendor lists of one stream against the present rows of its table. Of each row and record only a digest of the
 * key is kept. The table is looked at first: what a live sync adds meanwhile may show as missing.
 */
export class StreamComparer {
  readonly #database: Database
  readonly #target: Target
  readonly #of: KeysOf
  /** By digest, whether the vendor has named it. */
  readonly #held = new Map<string, boolean>()
  /** Digests of what the vendor has and the table lacks. */
  readonly #missing = new Set<string>()
  readonly #missingKeys: string[] = []
  /** Keys of records that the table cannot hold: a row of that key is neither right nor surplus. */
  readonly #rejected = new Set<string>()
  #rejections = 0

  private constructor(database: Database, target: Target, of: KeysOf) {
    this.#database = database
    this.#target = target
    this.#of = of
  }

  static async open(database: Database, target: Target, of: KeysOf): Promise<StreamComparer> {
    const days: DayWindow | undefined = target.stream.kind === 'snapshot' ? undefined : of.days
    const comparer = new StreamComparer(database, target, { ...of, days })
    await comparer.#eachHeld((key) => void comparer.#held.set(keyDigest(key), false))
    return comparer
  }

  /** Takes a page of the stream. A page that comes again counts once. */
  take(page: Page): void {
    const { stream } = this.#target
    const { good, rejected, rejectedKeys } = checkRecords(stream, page.records)
    this.#rejections += rejected.length
    for (const row of rejectedKeys) this.#rejected.add(keyDigest(keyText(stream, row)))
    // The vendor says that these are deleted: a row that is there is there in error.
    if (page.gone) return
    const { days, timezone } = this.#of
    for (const row of good) {
      const day = days && dayOfRow(stream, row, timezone)
      if (days && (day === undefined || day < days.from || day > days.to)) continue
      this.#named(keyText(stream, row))
    }
  }

  async result(): Promise<StreamComparison> {
    const isSurplus = (digest: string): boolean =>
      this.#held.get(digest) === false && !this.#rejected.has(digest)
    const surplus = [...this.#held.keys()].filter(isSurplus).length
    const surplusKeys: string[] = []
    if (surplus > 0) {
      await this.#eachHeld((key) => {
        if (surplusKeys.length < shownAtMost && isSurplus(keyDigest(key))) surplusKeys.push(key)
        return surplusKeys.length < shownAtMost
      })
    }
    const found = [...this.#held.values()].filter(Boolean).length
    return {
      stream: this.#target.streamName,
      table: this.#target.stream.table,
      vendor: found + this.#missing.size,
      held: this.#held.size,
      missing: this.#missing.size,
      missingKeys: this.#missingKeys,
      surplus,
      surplusKeys,
      rejected: this.#rejections,
    }
  }

  #named(key: string): void {
    const digest = keyDigest(key)
    if (this.#held.has(digest)) this.#held.set(digest, true)
    else if (!this.#missing.has(digest)) {
      this.#missing.add(digest)
      if (this.#missingKeys.length < shownAtMost) this.#missingKeys.push(key)
    }
  }

  /** Until `look` returns false. */
  async #eachHeld(look: (key: string) => boolean | void): Promise<void> {
    await this.#database.session(async (sql) => {
      for await (const key of heldKeys(sql, this.#target, this.#of)) if (look(key) === false) return
    })
  }
}
