import { InvalidArgumentError, type Command } from 'commander'
import type { DeadLetterChoice } from '../../ledger/work/dead-letters'
import { hours, inWords, minutes, seconds } from '../../lib/durations'
import { queueRetried, type Retried, retryDeadLetters } from '../../runs/dead-letters/dead-letters'
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

const units = { s: seconds(1), min: minutes(1), h: hours(1) } as const

/** Milliseconds from one start to the next, for a rate such as `10/min`. */
export function rate(given: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})\/(s|min|h)$/.exec(given) ?? []
  if (count === undefined || unit === undefined)
    throw new InvalidArgumentError('expected a rate such as 10/min: a number from 1 on per s, min or h')
  return units[unit as keyof typeof units] / Number(count)
}

/** Retries the chosen dead letters, in the ledger first, then in the queues, and says what became of them. */
export async function retryChosen(
  context: CommandContext,
  { database, config }: OpenLedger,
  choice: DeadLetterChoice,
  { fromScratch = false, reason, rate: interval = 0, ...options }: RetryingOptions,
): Promise<void> {
  const retried = await retryDeadLetters(database, choice, {
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
      config,
      context.signal,
      async (syncJobs) => queueRetried(syncJobs, retried),
      `${inText(retried)} in the ledger, but Redis cannot be reached; the scheduler queues what was reopened once it can`,
    )
  if (options.json) showJson(context, forPrograms(retried))
  else
    context.print(
      `${inText(retried)}${reopened.length > 0 ? '; `syncfleet runs list` tells how they get on' : ''}`,
    )
  if (reopened.length + superseded.length === 0 && left.length > 0)
    throw new CommandError('nothing was retried')
}

const forPrograms = ({ reopened, superseded, left }: Retried) => ({
  reopened: reopened.map(({ syncId, job, delay = 0 }) => ({ sync: syncId, job, startsInMs: delay })),
  superseded: superseded.map(({ syncId, job }) => ({ sync: syncId, job })),
  left: left.map(({ syncId, why }) => ({ sync: syncId, why })),
})

/** `3 reopened, the last one to start in 20 s; 1 superseded: …; 1 left: its account is parked: …`. */
function inText({ reopened, superseded, left }: Retried): string {
  const last = reopened.at(-1)?.delay ?? 0
  const whys = new Map<string, number>()
  for (const { why } of left) whys.set(why, (whys.get(why) ?? 0) + 1)
  return [
    reopened.length > 0 &&
      `${reopened.length} reopened${last > 0 ? `, the last one to start in ${inWords(last)}` : ''}`,
    superseded.length > 0 &&
      `${superseded.length} superseded: other syncs have fetched what they lacked, or are about to`,
    ...[...whys].map(([why, count]) => `${count} left as ${count > 1 ? 'they are' : 'it is'}: ${why}`),
  ]
    .filter(Boolean)
    .join('; ')
}
