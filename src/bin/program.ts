import { join } from 'node:path'
import { Command } from 'commander'
import { currentBuild } from '../lib/build'
import { createDestinations } from '../processes/destinations'
import { localFleetEnvironment } from '../processes/local/fleet-file'
import { addAccounts } from './commands/accounts'
import { addAudit } from './commands/audit'
import { addBackfill } from './commands/backfill'
import { addCheck } from './commands/check'
import { addClients } from './commands/clients'
import { addCompare } from './commands/compare'
import { commandContext, type VendorModules } from './commands/context'
import { addCredentials } from './commands/credentials'
import { addDeadLetters } from './commands/dead-letters'
import { addDemo } from './commands/demo'
import { addIncidents } from './commands/incidents'
import { addJobs } from './commands/jobs'
import { addMigrate } from './commands/migrate'
import { throwInsteadOfExit } from './commands/outcome'
import { parseRecording } from './commands/parse-recording'
import { addProcesses } from './commands/processes'
import { addParity } from './commands/parity'
import { addPauses } from './commands/pauses'
import { addRuns } from './commands/runs'
import { addSlots } from './commands/slots'
import { addTokens } from './commands/tokens'
import { addUsers } from './commands/users'
import { addWhy } from './commands/why'
import { addSyncs } from './commands/syncs'

/** `dist/src/bin` is where this file runs. */
const clone = join(__dirname, '..', '..', '..')

const load: VendorModules = {
  accountChecks: async () => import('../processes/account-checks.js'),
  comparison: async () => import('../processes/comparison.js'),
}

/** Does what the command line says, until `signal` aborts. */
export async function runCommand(signal: AbortSignal): Promise<void> {
  const env = await environment()
  const context = commandContext({ env, createDestinations, load, signal })
  const program = new Command('syncfleet')
    .description(
      'Runs nine recurring integration jobs for a few hundred client accounts on a fleet of workers.',
    )
    .version(currentBuild().name)
    .showHelpAfterError('(add --help for what is expected)')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Settings come from the environment (see .env.example); while \`npm start\` runs, commands in the same clone talk to it.
Exit codes: 0 done, 1 failed, 2 wrong usage.`,
    )
  addProcesses(program, context, clone)
  addMigrate(program, context)
  addCheck(program, context)
  addJobs(program, context)
  addPauses(program, context)
  addSlots(program, context)
  addWhy(program, context)
  addRuns(program, context)
  addSyncs(program, context)
  addDeadLetters(program, context)
  addIncidents(program, context)
  addClients(program, context)
  addAccounts(program, context)
  addCredentials(program, context)
  addCompare(program, context)
  addParity(program, context)
  addBackfill(program, context)
  addUsers(program, context)
  addTokens(program, context)
  addAudit(program, context)
  addDemo(program, context)
  throwInsteadOfExit(program)
  await parseRecording(program, context, async () => program.parseAsync(process.argv))
}

/** The environment; where it names no servers, with the settings of the fleet that `npm start` runs in this clone. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  const { REDIS_URL, DATABASE_URL } = process.env
  const isTold = REDIS_URL !== undefined || DATABASE_URL !== undefined || process.argv[2] === 'local'
  return isTold ? process.env : { ...process.env, ...(await localFleetEnvironment(clone)) }
}
