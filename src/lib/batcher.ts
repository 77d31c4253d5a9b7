interface Asked<Item, Result> {
  readonly item: Item
  readonly key: string
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface BatcherOptions<Item, Result> {
  /** Does what all of them ask for, and answers in their order. */
  readonly perform: (items: readonly Item[]) => Promise<readonly Result[]>
  /** Two items with the same key are never under way at once. */
  readonly keyOf: (item: Item) => string
  /** Items of a batch at most. Default 100. */
  readonly most?: number
}

/**
 * Does at once what many callers ask for at the same time. The first one waits for nobody; what arrives while a batch is
 * under way forms the next one, so batches grow with the load and nobody waits for a timer.
 * Where a batch of several fails, each of its items is tried alone, so that none fails for another's sake.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>
  readonly #underWay = new Set<string>()
  #waiting: Asked<Item, Result>[] = []
  #isBusy = false

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options
  }

  async add(item: Item): Promise<Result> {
    const key = this.#options.keyOf(item)
    const result = new Promise<Result>((resolve, reject) =>
      this.#waiting.push({ item, key, resolve, reject }),
    )
    // A turn later, so that those who ask in the same breath share a batch.
    if (!this.#isBusy) queueMicrotask(() => void this.#work())
    return result
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
        await this.#settle(batch)
        for (const { key } of batch) this.#underWay.delete(key)
      }
    } finally {
      this.#isBusy = false
    }
  }

  #nextBatch(): Asked<Item, Result>[] {
    const { most = 100 } = this.#options
    const batch: Asked<Item, Result>[] = []
    const left: Asked<Item, Result>[] = []
    for (const asked of this.#waiting) {
      if (batch.length === most || this.#underWay.has(asked.key)) {
        left.push(asked)
        continue
      }
      this.#underWay.add(asked.key)
      batch.push(asked)
    }
    this.#waiting = left
    return batch
  }

  async #settle(batch: readonly Asked<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.perform(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result)
    } catch (error) {
      const [only, ...others] = batch
      if (only && others.length === 0) only.reject(error)
      else await Promise.all(batch.map((asked) => this.#settle([asked])))
    }
  }
}
