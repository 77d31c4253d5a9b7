import { minutes, seconds } from '../../lib/durations'
import { LinkedAbort } from '../../lib/linked-abort'
import { wait } from '../../lib/wait'
import type { Exit } from './owned-process'

/** A part of the fleet that runs until it ends or is disposed of. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  /** Resolves when it has ended, for whatever reason. */
  readonly exited: Promise<Exit>
}

export interface SupervisedOptions<T extends Running> {
  /** For people: `worker 1`. */
  readonly name: string
  /** Starts it and waits until it serves. Ends what it started when the signal aborts, or when it fails. */
  readonly launch: (signal: AbortSignal) => Promise<T>
  readonly tell: (line: string) => void
}

const shortestPause = seconds(1)
const longestPause = seconds(30)
/** One that ran for so long is healthy: its next end is a new story. */
const healthyAfter = minutes(1)

/** Keeps one part of the fleet running: starts it again when it ends by itself, after pauses that grow. */
export class Supervised<T extends Running> implements AsyncDisposable {
  readonly #options: SupervisedOptions<T>
  readonly #stop = new AbortController()
  #current: T | undefined
  #starting: Promise<T> | undefined
  #watching: Promise<void> | undefined

  constructor(options: SupervisedOptions<T>) {
    this.#options = options
  }

  /** Resolves once it serves; fails where it does not come up at all. From then on it is kept running. */
  async start(signal: AbortSignal): Promise<T> {
    using both = new LinkedAbort(signal, this.#stop.signal)
    this.#starting = this.#launch(both.signal)
    const first = await this.#starting
    this.#watching = this.#watch(first)
    return first
  }

  /** Stops it, and the keeping with it. Safe twice, before start and during it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error(`${this.#options.name} is being stopped`))
    await this.#starting?.catch(() => undefined)
    await this.#current?.[Symbol.asyncDispose]()
    await this.#watching
  }

  async #launch(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    this.#current = await this.#options.launch(signal)
    return this.#current
  }

  async #watch(first: T): Promise<void> {
    let pause = shortestPause
    for (let running: T | undefined = first; ;) {
      const since = Date.now()
      if (running) {
        const exit = await running.exited
        if (this.#stop.signal.aborted) return
        if (Date.now() - since > healthyAfter) pause = shortestPause
        this.#options.tell(
          `${this.#options.name} ended (${inWords(exit)}); starting it again in ${pause / 1000} s`,
        )
      }
      await wait(pause, this.#stop.signal).catch(() => undefined)
      if (this.#stop.signal.aborted) return
      pause = Math.min(pause * 2, longestPause)
      running = await this.#again(pause)
    }
  }

  async #again(pause: number): Promise<T | undefined> {
    const { name, tell } = this.#options
    try {
      this.#starting = this.#launch(this.#stop.signal)
      const running = await this.#starting
      tell(`${name} runs again`)
      return running
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        tell(
          `${name} did not start; trying again in ${pause / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
      return undefined
    }
  }
}

const inWords = ({ code, signal }: Exit): string => (signal ? `signal ${signal}` : `exit code ${code}`)
