import { Client, type ClientBase, type ClientConfig, type Connection } from 'pg'
import { seconds } from '../../lib/durations'
import { wait } from '../../lib/wait'

/** What every connection of pg has, and its types do not say. */
interface Wired {
  /** Of the server's process behind it. */
  readonly processID: number | null
  readonly connection: Connection
}

/** A request that overtakes its statement cancels nothing, so it is repeated. */
const againAfter = seconds(0.25)

/** Cancels at the server what a connection is doing, from the moment that a signal aborts until it is disposed of. */
export class StatementCancel implements AsyncDisposable {
  readonly #client: ClientBase & Wired
  readonly #settings: ClientConfig
  readonly #unlink: () => void
  readonly #over = new AbortController()
  #cancelling: Promise<void> | undefined

  /** `settings` open the connection from which it is cancelled: those of a pool may all be waiting. */
  constructor(signal: AbortSignal, client: ClientBase, settings: ClientConfig) {
    this.#client = client as ClientBase & Wired
    this.#settings = settings
    const begin = (): void => void (this.#cancelling ??= this.#cancel())
    signal.addEventListener('abort', begin, { once: true })
    this.#unlink = () => signal.removeEventListener('abort', begin)
  }

  /** True where something was cancelled: whatever the connection does next might be struck, too. */
  get hasBegun(): boolean {
    return this.#cancelling !== undefined
  }

  /** Resolves when no request of ours is on its way any more. Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unlink()
    this.#over.abort()
    await this.#cancelling
  }

  async #cancel(): Promise<void> {
    const client = new Client(this.#settings)
    // What ends the connection fails the next request; unheard, it would end the process.
    client.on('error', () => undefined)
    try {
      await client.connect()
      while (!this.#over.signal.aborted) {
        await client.query('select pg_cancel_backend($1)', [this.#client.processID])
        await wait(againAfter, this.#over.signal).catch(() => undefined)
      }
    } catch {
      // A server that cannot be asked to: then the statement is at least not waited for.
      if (!this.#over.signal.aborted) this.#client.connection.stream.destroy()
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}
