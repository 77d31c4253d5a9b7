/** Things with one owner, disposed of in reverse order of their making. Node 20 has no `AsyncDisposableStack`. */
export class Disposables implements AsyncDisposable {
  readonly #disposals: (() => unknown)[] = []

  /** Disposes of `thing` with the others. */
  use<T extends AsyncDisposable>(thing: T): T {
    this.#disposals.push(() => thing[Symbol.asyncDispose]())
    return thing
  }

  /** Calls `dispose` with the others, and waits for the promise that it may return. */
  defer(dispose: () => unknown): void {
    this.#disposals.push(dispose)
  }

  /** One that fails does not keep the others; the first failure is thrown in the end. Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = []
    for (const dispose of this.#disposals.splice(0).toReversed()) {
      try {
        await dispose()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
