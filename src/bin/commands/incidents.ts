import type { Command } from 'commander'
import { type Incident, listIncidents } from '../../ledger/gates/incidents'
import { inWords } from '../../lib/durations'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { positive } from './numbers'
import { showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<Incident>[] = [
  ['since', ({ openedAt }) => openedAt],
  ['state', ({ openedAt, closedAt }) => (closedAt ? `over after ${lasted(openedAt, closedAt)}` : 'open')],
  ['kind', ({ kind }) => kind],
  ['subject', ({ subject }) => subject],
  ['job', ({ job }) => job],
  ['times', ({ times }) => times],
  ['last', ({ lastAt }) => lastAt],
  ['message', ({ message, closing }) => (closing === null ? message : `${message}; ${closing}`)],
]

const lasted = (from: Date, to: Date): string => inWords(to.getTime() - from.getTime())

interface IncidentsOptions extends ShowOptions {
  readonly all?: boolean
  readonly job?: string
  readonly limit: number
}

/** `incidents` */
export function addIncidents(program: Command, context: CommandContext): void {
  withJson(program.command('incidents'))
    .description('what is wrong now: since when, how often it was met, and what it says; latest first')
    .option('--all', 'also those that are over')
    .option('--job <id>', 'only incidents of this job')
    .option('--limit <count>', 'how many', positive, 50)
    .action(async ({ all = false, job, limit, ...options }: IncidentsOptions) => {
      const asked =
        job === undefined ? { all, limit } : { all, limit, job: knownJob(context.config(), job).id }
      await using ledger = await context.openLedger()
      showRows(context, options, await listIncidents(ledger.database, asked), columns)
    })
}
