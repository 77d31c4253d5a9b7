/** What one attempt asks of its vendor: how many requests left, and how long it had to wait for the vendor's limits. */
export class CallTally {
  #calls = 0
  #waited = 0
  /** Requests that wait just now: while some do, time counts once. */
  #waiting = 0
  #since = 0

  /** Requests that were sent, repeated ones and those for tokens included. */
  get calls(): number {
    return this.#calls
  }

  /** Milliseconds during which a request waited for its bucket, or out a pause that the vendor asked for. */
  get limitWait(): number {
    const now = this.#waiting > 0 ? performance.now() - this.#since : 0
    return Math.round(this.#waited + now)
  }

  /** A request leaves. */
  sent(): void {
    this.#calls += 1
  }

  /** A request waits, until what is returned is disposed of. */
  waits(): Disposable {
    if (this.#waiting === 0) this.#since = performance.now()
    this.#waiting += 1
    return {
      [Symbol.dispose]: () => {
        this.#waiting -= 1
        if (this.#waiting === 0) this.#waited += performance.now() - this.#since
      },
    }
  }
}
