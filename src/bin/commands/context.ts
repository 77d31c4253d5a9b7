import { hostname, userInfo } from 'node:os'
import type { Config } from '../../../config/config'
import { loadConfig } from '../../../config/load'
import { Database } from '../../ledger/postgres/database'
import { isMigrated } from '../../ledger/migrate'
import type { ActedBy } from '../../ledger/audit'
import type { Sql } from '../../lib/sql'
import type * as AccountChecks from '../../processes/account-checks'
import type * as Comparison from '../../processes/comparison'
import { CommandError } from './outcome'

/** An open ledger; whoever opened it disposes of it. */
export interface OpenLedger extends AsyncDisposable {
  readonly database: Database
  readonly config: Config
}

/** What a command is handed. It reads nothing else, and prints nowhere else. */
export interface CommandContext {
  /** Throws a `ConfigError` that names every mistake. */
  readonly config: () => Config
  /**
   * Fails with what to do where Postgres cannot be reached, or its schema is not up to date: the default is to need both.
   * With `nothing` it connects at the first query.
   */
  readonly openLedger: (needs?: 'migrations' | 'connection' | 'nothing') => Promise<OpenLedger>
  /** Makes the destination tables, under the lock of the migrations. */
  readonly createDestinations: (sql: Sql) => Promise<void>
  /** What asks vendors, loaded by whoever asks for it: no other command depends on whether checks and syncs load. */
  readonly load: VendorModules
  /** Who acts, for the audit log. */
  readonly by: ActedBy
  readonly signal: AbortSignal
  /** Standard input to its end. */
  readonly readInput: () => Promise<string>
  /** One or more lines on standard output. */
  readonly print: (text: string) => void
}

/** Modules that load every job's check, or every job's sync. */
export interface VendorModules {
  readonly accountChecks: () => Promise<typeof AccountChecks>
  readonly comparison: () => Promise<typeof Comparison>
}

export interface ContextOptions {
  readonly env: NodeJS.ProcessEnv
  readonly load: VendorModules
  readonly createDestinations: (sql: Sql) => Promise<void>
  readonly signal: AbortSignal
}

/** The context of a command that a person typed. */
export function commandContext({ env, createDestinations, load, signal }: ContextOptions): CommandContext {
  const config = (): Config => loadConfig(env)
  return {
    config,
    createDestinations,
    load,
    signal,
    by: { actor: env['USER'] ?? env['LOGNAME'] ?? systemUser(), via: 'cli', origin: hostname() },
    openLedger: async (needs = 'migrations') => {
      const given = config()
      const { url, schema } = given.database
      const database = new Database({ url, schema, applicationName: 'syncfleet cli' })
      const ledger = {
        database,
        config: given,
        [Symbol.asyncDispose]: async () => database[Symbol.asyncDispose](),
      }
      try {
        const isUpToDate = needs === 'nothing' || (await reached(database, url))
        if (!isUpToDate && needs === 'migrations') {
          throw new CommandError(`schema ${schema} is not up to date: run \`syncfleet migrate\``)
        }
        return ledger
      } catch (error) {
        await database[Symbol.asyncDispose]()
        throw error
      }
    },
    readInput: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array))
      return Buffer.concat(chunks).toString('utf8')
    },
    print: (text) => void process.stdout.write(`${text}\n`),
  }
}

/** In a container and under cron nobody may have said who the user is. */
function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

/** True where the schema is up to date. */
async function reached(database: Database, url: string): Promise<boolean> {
  try {
    return await isMigrated(database)
  } catch (cause) {
    const { host } = new URL(url)
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandError(
      `DATABASE_URL: ${host} cannot be used: ${why}. \`npm start\` brings up a fleet to try.`,
      { cause },
    )
  }
}
