/**
 * One signal that aborts with the first of several others, each with its own reason, until it is disposed of.
 * Unlike `AbortSignal.any` it leaves nothing behind on a long-lived source.
 */
export class LinkedAbort implements Disposable {
  readonly #controller = new AbortController()
  readonly #unlink: (() => void)[] = []

  constructor(...sources: readonly AbortSignal[]) {
    for (const source of sources) {
      const follow = (): void => this.abort(source.reason)
      if (source.aborted) follow()
      source.addEventListener('abort', follow, { once: true })
      this.#unlink.push(() => source.removeEventListener('abort', follow))
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** Aborts after `milliseconds` with what `reason` makes. */
  after(milliseconds: number, reason: () => Error): this {
    const timer = setTimeout(() => this.abort(reason()), milliseconds)
    this.#unlink.push(() => clearTimeout(timer))
    return this
  }

  [Symbol.dispose](): void {
    for (const unlink of this.#unlink.splice(0)) unlink()
  }
}
