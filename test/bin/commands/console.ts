import { Command, type OutputConfiguration } from 'commander'
import { loadConfig } from '../../../config/load'
import type { Config } from '../../../config/config'
import { addAccounts } from '../../../src/bin/commands/accounts'
import { addAudit } from '../../../src/bin/commands/audit'
import { addBackfill } from '../../../src/bin/commands/backfill'
import { addCheck } from '../../../src/bin/commands/check'
import { addClients } from '../../../src/bin/commands/clients'
import { addCompare } from '../../../src/bin/commands/compare'
import type { CommandContext } from '../../../src/bin/commands/context'
import { addCredentials } from '../../../src/bin/commands/credentials'
import { addDeadLetters } from '../../../src/bin/commands/dead-letters'
import { addDemo } from '../../../src/bin/commands/demo'
import { addIncidents } from '../../../src/bin/commands/incidents'
import { addJobs } from '../../../src/bin/commands/jobs'
import { addMigrate } from '../../../src/bin/commands/migrate'
import { complaintOf, exitCodeOf, throwInsteadOfExit } from '../../../src/bin/commands/outcome'
import { addParity } from '../../../src/bin/commands/parity'
import { addPauses } from '../../../src/bin/commands/pauses'
import { parseRecording } from '../../../src/bin/commands/parse-recording'
import { addProcesses } from '../../../src/bin/commands/processes'
import { addRuns } from '../../../src/bin/commands/runs'
import { addSlots } from '../../../src/bin/commands/slots'
import { addTokens } from '../../../src/bin/commands/tokens'
import { addUsers } from '../../../src/bin/commands/users'
import { addWhy } from '../../../src/bin/commands/why'
import { addSyncs } from '../../../src/bin/commands/syncs'
import type { Database } from '../../../src/ledger/postgres/database'
import type * as AccountChecks from '../../../src/processes/account-checks'
import type * as Comparison from '../../../src/processes/comparison'

export interface Typed {
  readonly code: number
  readonly printed: string
  readonly complaint: string
}

export interface Console {
  /** Types a command line, with something on standard input where it asks for that. */
  readonly type: (line: readonly string[], input?: string) => Promise<Typed>
}

function programOf(context: CommandContext): Command {
  const program = new Command('syncfleet')
  addProcesses(program, context, process.cwd())
  for (const add of commands) add(program, context)
  return program
}

const commands = [
  addMigrate,
  addCheck,
  addJobs,
  addPauses,
  addSlots,
  addWhy,
  addRuns,
  addIncidents,
  addSyncs,
  addDeadLetters,
  addClients,
  addAccounts,
  addCredentials,
  addCompare,
  addParity,
  addBackfill,
  addUsers,
  addTokens,
  addAudit,
  addDemo,
] as const

/** Every command of the program, to look at. */
export const commandTree = (): Command => programOf({} as CommandContext)

/** Loaded when asked for, as by the program: the other commands' tests do without checks and syncs. */
const load: CommandContext['load'] = {
  accountChecks: async () =>
    jest.requireActual<typeof AccountChecks>('../../../src/processes/account-checks'),
  comparison: async () => jest.requireActual<typeof Comparison>('../../../src/processes/comparison'),
}

/** The commands over a test's ledger, whose disposal stays with the test. */
export function consoleOf(database: Database, env: NodeJS.ProcessEnv = {}): Console {
  const config = (): Config => loadConfig({ NODE_ENV: 'test', ...env })
  return {
    type: async (line, input = '') => {
      const printed: string[] = []
      const complaints: string[] = []
      const context: CommandContext = {
        config,
        openLedger: async () => ({
          database,
          config: config(),
          [Symbol.asyncDispose]: async () => Promise.resolve(),
        }),
        createDestinations: async (sql) => void (await sql.query('select 1')),
        load,
        by: { actor: 'ada', via: 'cli' },
        signal: new AbortController().signal,
        readInput: async () => Promise.resolve(input),
        print: (text) => void printed.push(text),
      }
      const program = programOf(context)
      tellTo(program, {
        writeOut: (text) => void printed.push(text),
        writeErr: (text) => void complaints.push(text),
      })
      throwInsteadOfExit(program)
      let code = 0
      try {
        await parseRecording(program, context, async () => program.parseAsync([...line], { from: 'user' }))
      } catch (error) {
        code = exitCodeOf(error)
        complaints.push(complaintOf(error) ?? '')
      }
      return { code, printed: printed.join('\n'), complaint: complaints.join('\n') }
    },
  }
}

/** Commands do not inherit where a program that was put together before writes to. */
function tellTo(command: Command, output: OutputConfiguration): void {
  command.configureOutput(output)
  for (const child of command.commands) tellTo(child, output)
}
