import { join } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { stopped } from '../run-process'
import type { CommandContext } from './context'
import { port } from './numbers'

/**
 * `scheduler`, `worker`, `dashboard`, `local` and `sandbox`: run until they are told to stop.
 * Each loads its own process only: it starts sooner, holds less, and survives what another one cannot load.
 */
export function addProcesses(program: Command, context: CommandContext, clone: string): void {
  program
    .command('scheduler')
    .description('run a scheduler: declares what runs when, and watches over it; one of several leads')
    .action(async () => {
      const { Scheduler } = await import('../../processes/scheduler.js')
      await using scheduler = Scheduler.create(context.config())
      await scheduler.start(context.signal)
      await stopped(context.signal)
    })

  program
    .command('worker')
    .description('run a worker: plans runs and performs syncs; scale by running more')
    .action(async () => {
      const { Worker } = await import('../../processes/worker.js')
      await using worker = Worker.create(context.config())
      await worker.start(context.signal)
      await stopped(context.signal)
    })

  program
    .command('dashboard')
    .description('run a dashboard: the fleet page and Bull Board behind a login')
    .action(async () => {
      const { Dashboard } = await import('../../processes/dashboard.js')
      await using dashboard = Dashboard.create(context.config())
      await dashboard.start(context.signal)
      await stopped(context.signal)
    })

  program
    .command('local')
    .description(
      'run a whole fleet on this machine with servers, simulated vendors and demo clients (`npm start`)',
    )
    .action(async () => {
      const { Local } = await import('../../processes/local.js')
      const { localSteps } = await import('../../processes/local/steps.js')
      await using local = Local.create({
        clone,
        entry: join(__dirname, '..', 'syncfleet.js'),
        env: process.env,
        steps: localSteps,
        tell: context.print,
      })
      await local.start(context.signal)
      await stopped(context.signal)
    })

  program
    .command('sandbox')
    .description('run the simulated vendors, for development and tests')
    .requiredOption('--port <port>', 'where to listen', port)
    .option('--host <address>', 'on which address; default the loopback only, for it has no login')
    .option('--seed <text>', 'the same seed and epoch make the same world')
    .addOption(
      new Option('--epoch <instant>', 'where history ends and life begins (ISO 8601); default now')
        .argParser(instant)
        .conflicts('epochFile'),
    )
    .option(
      '--epoch-file <path>',
      'keep the epoch of the first start there, so that restarts show the same world',
    )
    .action(async ({ epochFile, ...options }: SandboxCommandOptions) => {
      const { keptEpoch, startSandbox } = await import('../../../sandbox/index.js')
      const epoch = epochFile === undefined ? {} : { epoch: await keptEpoch(epochFile) }
      await using sandbox = await startSandbox({ ...options, ...epoch })
      context.print(`the sandbox listens on ${sandbox.url}`)
      await stopped(context.signal)
    })
}

interface SandboxCommandOptions {
  readonly port: number
  readonly host?: string
  readonly seed?: string
  readonly epoch?: Date
  readonly epochFile?: string
}

function instant(given: string): Date {
  const date = new Date(given)
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('expected an instant such as 2026-03-01T00:00:00Z')
  return date
}
