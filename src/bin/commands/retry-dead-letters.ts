import { InvalidArgumentError, type Command } from 'commander'
import type { DeadLetterChoice } from '../../ledger/work/dead-letters'
import { rateForm, readRate } from '../../lib/rate'
import { queueRetried, type Retried, retryDeadLetters } from '../../runs/dead-letters/dead-letters'
import { retriedInWords } from '../../runs/dead-letters/retried-in-words'
import type { CommandContext, OpenLedger } from './context'
import { CommandError } from './outcome'
import { showJson, type ShowOptions } from './show'
import { withSyncJobs } from './with-sync-jobs'

export interface RetryingOptions extends ShowOptions {
  readonly fromScratch?: boolean
  readonly reason?: string
  /** Milliseconds between two starts. */
  readonly rate?: number
}

/** What a retry may be told, of one sync or of many. */
export const withRetrying = (command: Command): Command =>
  command
    .option('--from-scratch', 'drop the positions and read windows from their beginning; cursors stay')
    .option('--reason <text>', 'why, for those who wonder later')

/** Milliseconds from one start to the next, for a rate such as `10/min`. */
export function rate(given: string): number {
  const interval = readRate(given)
  if (interval === undefined) throw new InvalidArgumentError(`expected ${rateForm}`)
  return interval
}

/** Retries the chosen dead letters, in the ledger first, then in the queues, and says what became of them. */
export async function retryChosen(
  context: CommandContext,
  ledger: OpenLedger,
  choice: DeadLetterChoice,
  { fromScratch = false, reason, rate: interval = 0, ...options }: RetryingOptions,
): Promise<void> {
  const retried = await retryDeadLetters(ledger.database, choice, {
    by: context.by,
    from: fromScratch ? 'scratch' : 'position',
    interval,
    signal: context.signal,
    ...(reason === undefined ? {} : { reason }),
  })
  const { reopened, superseded, left } = retried
  if (!options.json && reopened.length + superseded.length + left.length === 0)
    return context.print('no dead letters: nothing to retry')
  if (reopened.length + superseded.length > 0)
    await withSyncJobs(
      ledger,
      context.signal,
      async (syncJobs) => queueRetried(syncJobs, retried),
      `${retriedInWords(retried)} in the ledger, but Redis cannot be reached; the scheduler queues what was reopened once it can`,
    )
  if (options.json) showJson(context, forPrograms(retried))
  else
    context.print(
      `${retriedInWords(retried)}${reopened.length > 0 ? '; `syncfleet runs list` tells how they get on' : ''}`,
    )
  if (reopened.length + superseded.length === 0 && left.length > 0)
    throw new CommandError('nothing was retried')
}

const forPrograms = ({ reopened, superseded, left }: Retried) => ({
  reopened: reopened.map(({ syncId, job, delay = 0 }) => ({ sync: syncId, job, startsInMs: delay })),
  superseded: superseded.map(({ syncId, job }) => ({ sync: syncId, job })),
  left: left.map(({ syncId, why }) => ({ sync: syncId, why })),
})
