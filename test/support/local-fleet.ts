import { EventEmitter, once } from 'node:events'
import { resolve } from 'node:path'
import { migrate } from '../../src/ledger/migrate'
import { Local } from '../../src/processes/local'
import type { LocalSteps } from '../../src/processes/local'

export interface LocalFleetOptions {
  readonly clone: string
  readonly env?: Record<string, string>
  /** Called when its servers run and its processes do not yet. */
  readonly onMigrate?: () => void
}

/** `npm start` in a folder, with processes that only come and go, and one demo client. */
export class LocalFleet implements AsyncDisposable {
  /** What it has told. */
  readonly lines: readonly string[]
  readonly #local: Local
  readonly #telling: EventEmitter

  private constructor(local: Local, lines: readonly string[], telling: EventEmitter) {
    this.#local = local
    this.lines = lines
    this.#telling = telling
  }

  static async start(
    options: LocalFleetOptions,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<LocalFleet> {
    const lines: string[] = []
    const telling = new EventEmitter()
    const { REDIS_URL: _, DATABASE_URL: __, ...env } = process.env
    const local = Local.create({
      clone: options.clone,
      entry: resolve(__dirname, 'fleet-entry.cjs'),
      env: { PORT: '0', ...env, ...options.env },
      steps: stepsOf(options),
      tell: (line) => {
        lines.push(line)
        telling.emit('line')
      },
    })
    try {
      await local.start(signal)
      return new LocalFleet(local, lines, telling)
    } catch (error) {
      await local[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Resolves once it has told a line that holds this text. */
  async told(text: string): Promise<void> {
    while (!this.lines.some((line) => line.includes(text))) await once(this.#telling, 'line')
  }

  get pid(): number {
    return process.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#local[Symbol.asyncDispose]()
  }
}

const stepsOf = ({ onMigrate }: LocalFleetOptions): LocalSteps => ({
  migrate: async (database) => {
    await migrate(database)
    onMigrate?.()
  },
  seedDemo: async (database) => {
    await database.query(
      "insert into clients (id, name, timezone) values ('demo', 'Demo Motors', 'UTC') on conflict do nothing",
    )
  },
  runEveryJob: async () => undefined,
})
