import { type Command, Redis, type RedisOptions } from 'ioredis'
import { seconds } from '../lib/durations'
import { isRefusal } from './refusals'

export interface GuardedServerOptions extends Omit<RedisOptions, 'replyMapping' | 'reconnectOnError'> {
  /** A key that may be written to see whether writes are taken. */
  readonly probeKey: string
  /** A command that is refused waits until writes are taken again, as it waits for a server that is away. */
  readonly waits: boolean
}

/** Milliseconds between two looks at whether writes are taken again, and between two reconnections for that reason. */
const lookEvery = seconds(1)

type Item = Parameters<Redis['handleReconnection']>[1]

/**
 * A master that became a replica keeps its connections where no Sentinel cuts them. A server that stays a replica would have us
 * come back with every command.
 */
function reconnectSometimes(): (error: Error) => 1 | false {
  let reconnectedAt = -Infinity
  return ({ message }) => {
    if (!message.startsWith('READONLY') || performance.now() - reconnectedAt < lookEvery) return false
    reconnectedAt = performance.now()
    return 1
  }
}

/**
 * A connection to one server, or to the master that Sentinels name, that notices when the server is there and of no use: it
 * takes no writes, or does not answer in time. Emits `refused` with the reason then, and `taken` once a write has gone through.
 */
export class GuardedServer extends Redis {
  readonly #probeKey: string
  readonly #waits: boolean
  readonly #waiting: Item[] = []
  #isRefusing = false
  #isProbing = false
  #connections = 0
  #next: NodeJS.Timeout | undefined

  constructor({ probeKey, waits, ...options }: GuardedServerOptions) {
    super({ ...options, reconnectOnError: reconnectSometimes() })
    this.#probeKey = probeKey
    this.#waits = waits
    this.on('ready', () => {
      this.#connections += 1
      this.#doubt()
    })
    this.on('end', () => this.#giveUp())
  }

  /** True from the first refusal until a write has gone through. */
  get isRefusing(): boolean {
    return this.#isRefusing
  }

  /** A refused command took no effect, so that it can be sent again. */
  override handleReconnection(error: Error, item: Item): void {
    if (!isRefusal(error)) return super.handleReconnection(error, item)
    const isProbe = this.#isProbing && item.command.args[0] === this.#probeKey
    this.#refuse(error)
    if (!this.#waits || isProbe) return super.handleReconnection(error, item)
    this.#waiting.push(item)
  }

  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    const sent = super.sendCommand(command, stream)
    if (this.options.commandTimeout !== undefined) {
      const sentOver = this.#connections
      command.promise.catch((error: Error) => {
        // One that was cut off with its connection says nothing about the one that came after it.
        const isNews = error.message === 'Command timed out' && sentOver === this.#connections
        if (isNews && this.status === 'ready') this.#refuse(error)
      })
    }
    return sent
  }

  /** Of no use until a write has gone through. */
  #doubt(): void {
    if (this.#isRefusing || this.status === 'end') return
    this.#isRefusing = true
    void this.#look()
  }

  #refuse(error: Error): void {
    if (this.status === 'end') return
    this.emit('refused', error)
    if (this.#isRefusing) return
    this.#isRefusing = true
    this.#lookLater()
  }

  #lookLater(): void {
    this.#next = setTimeout(() => void this.#look(), lookEvery * (0.75 + Math.random() / 2))
  }

  async #look(): Promise<void> {
    this.#isProbing = true
    try {
      await this.set(this.#probeKey, '1', 'PX', seconds(1))
    } catch {
      if (this.#isRefusing) this.#lookLater()
      return
    } finally {
      this.#isProbing = false
    }
    this.#isRefusing = false
    this.emit('taken')
    // As ioredis itself does it with a command that is to be sent again.
    for (const { command, stream } of this.#waiting.splice(0)) this.sendCommand(command as Command, stream)
  }

  #giveUp(): void {
    clearTimeout(this.#next)
    this.#isRefusing = false
    for (const { command } of this.#waiting.splice(0)) command.reject(new Error('Connection is closed.'))
  }
}
