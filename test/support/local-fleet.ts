import { resolve } from 'node:path'
import { migrate } from '../../src/ledger/migrate'
import { Local } from '../../src/processes/local'
import type { LocalSteps } from '../../src/processes/local'

export interface LocalFleetOptions {
  readonly clone: string
  readonly env?: Record<string, string>
}

/** `npm start` in a folder, with processes that only come and go, and one demo client. */
export class LocalFleet implements AsyncDisposable {
  readonly lines: string[]
  readonly #local: Local

  private constructor(local: Local, lines: string[]) {
    this.#local = local
    this.lines = lines
  }

  static async start(
    options: LocalFleetOptions,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<LocalFleet> {
    const lines: string[] = []
    const { REDIS_URL: _, DATABASE_URL: __, ...env } = process.env
    const local = Local.create({
      clone: options.clone,
      entry: resolve(__dirname, 'fleet-entry.cjs'),
      env: { PORT: '0', ...env, ...options.env },
      steps,
      tell: (line) => lines.push(line),
    })
    try {
      await local.start(signal)
      return new LocalFleet(local, lines)
    } catch (error) {
      await local[Symbol.asyncDispose]()
      throw error
    }
  }

  get pid(): number {
    return process.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#local[Symbol.asyncDispose]()
  }
}

const steps: LocalSteps = {
  migrate: async (database) => void (await migrate(database)),
  seedDemo: async (database) => {
    await database.query("insert into clients (id, name, timezone) values ('demo', 'Demo Motors', 'UTC')")
  },
  runEveryJob: async () => undefined,
}
