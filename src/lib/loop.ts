import { wait } from './wait'

export interface LoopOptions {
  /** Milliseconds from the end of one step to the start of the next. */
  readonly interval: number
  /** One unit of work. What it throws goes to `failed`, and the loop goes on. */
  readonly step: (signal: AbortSignal) => Promise<void>
  readonly failed: (error: unknown) => void
}

/** Repeats a step with a pause in between until it is disposed of. The next step is planned when the last one ends. */
export class Loop implements AsyncDisposable {
  readonly #options: LoopOptions
  readonly #stop = new AbortController()
  #nudge = new AbortController()
  #done: Promise<void> | undefined

  constructor(options: LoopOptions) {
    this.#options = options
  }

  /** Takes the first step at once. Safe to call twice. */
  start(): void {
    this.#done ??= this.#run(this.#stop.signal)
  }

  /** Ends the current pause, if there is one. */
  wake(): void {
    this.#nudge.abort()
  }

  /** Aborts the step under way and waits for it to end. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#nudge.abort()
    await this.#done
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#nudge = new AbortController()
      try {
        await this.#options.step(signal)
      } catch (error) {
        if (!signal.aborted) this.#options.failed(error)
      }
      if (signal.aborted) return
      await wait(this.#options.interval, this.#nudge.signal).catch(() => undefined)
    }
  }
}
