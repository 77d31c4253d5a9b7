/** Good pages in a row after which a page may grow again, at first; twice as many with every refusal. */
const patience = 5

/** How many rows to ask for at once: halved where the vendor finds them too many, doubled again after some good pages. */
export class PageSize {
  readonly #largest: number
  readonly #smallest: number
  #rows: number
  #good = 0
  #enough = patience

  constructor(largest: number, smallest: number) {
    this.#largest = largest
    this.#smallest = Math.min(smallest, largest)
    this.#rows = largest
  }

  get rows(): number {
    return this.#rows
  }

  /** False where it is at its smallest already. */
  halve(): boolean {
    this.#good = 0
    if (this.#rows <= this.#smallest) return false
    this.#enough *= 2
    this.#rows = Math.max(this.#smallest, Math.floor(this.#rows / 2))
    return true
  }

  /** A page of this size was answered. */
  answered(): void {
    this.#good += 1
    if (this.#good < this.#enough) return
    this.#good = 0
    this.#rows = Math.min(this.#largest, this.#rows * 2)
  }
}
