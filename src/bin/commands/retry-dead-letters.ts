import { InvalidArgumentError, type Command } from 'commander'
import { rateForm, readRate } from '../../lib/rate'
import type { Retried } from '../../runs/dead-letters/dead-letters'
import { retriedInWords } from '../../runs/dead-letters/retried-in-words'
import type { RetriedAndTold, RetryOrder } from '../../runs/dead-letters/retry'
import type { CommandContext } from './context'
import { CommandError } from './outcome'
import { showJson, type ShowOptions } from './show'

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

/** Who retries, why, from where and how fast. */
export const retryOrderOf = (
  { by }: CommandContext,
  { fromScratch = false, reason, rate: interval = 0 }: RetryingOptions,
): RetryOrder => ({
  by,
  from: fromScratch ? 'scratch' : 'position',
  interval,
  ...(reason === undefined ? {} : { reason }),
})

/** Says what became of dead letters. Fails where nothing was retried, or the queues do not know it yet. */
export function tellRetried(context: CommandContext, options: ShowOptions, retried: RetriedAndTold): void {
  const { reopened, superseded, left, queued } = retried
  const isNothing = reopened.length + superseded.length === 0
  if (!options.json && isNothing && left.length === 0)
    return context.print('no dead letters: nothing to retry')
  if (!queued)
    throw new CommandError(
      `${retriedInWords(retried)} in the ledger, but Redis cannot be reached; the scheduler queues what was reopened once it can`,
    )
  if (options.json) showJson(context, forPrograms(retried))
  else
    context.print(
      `${retriedInWords(retried)}${reopened.length > 0 ? '; `syncfleet runs list` tells how they get on' : ''}`,
    )
  if (isNothing && left.length > 0) throw new CommandError('nothing was retried')
}

const forPrograms = ({ reopened, superseded, left }: Retried) => ({
  reopened: reopened.map(({ syncId, job, delay = 0 }) => ({ sync: syncId, job, startsInMs: delay })),
  superseded: superseded.map(({ syncId, job }) => ({ sync: syncId, job })),
  left: left.map(({ syncId, why }) => ({ sync: syncId, why })),
})
