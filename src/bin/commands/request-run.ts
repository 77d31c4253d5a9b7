import type { Run } from '../../ledger/work/runs'
import { type BegunBackfill } from '../../runs/control/begin-backfill'
import { runNow } from '../../runs/control/run-now'
import { accountsNamed } from './accounts-named'
import { CommandTools } from './act-tools'
import type { CommandContext } from './context'
import { windowOf } from './days'
import { knownJob } from './known-job'
import { CommandError, UsageError } from './outcome'
import { showJson, type ShowOptions } from './show'
import { streamsNamed } from './streams-named'

export interface RunOptions extends ShowOptions {
  readonly accounts?: string
  readonly streams?: string
  readonly from?: string
  readonly to?: string
  readonly key?: string
  readonly reason?: string
}

/** Starts a run of a job by hand, or a backfill where days are named. */
export async function requestRun(
  context: CommandContext,
  jobId: string,
  { accounts, streams, from, to, key, reason, ...options }: RunOptions,
): Promise<void> {
  if ((from === undefined) !== (to === undefined)) throw new UsageError('give both --from and --to')
  const window = from === undefined || to === undefined ? undefined : windowOf(from, to)
  await using ledger = await context.openLedger()
  await using tools = new CommandTools(ledger, context.signal)
  const job = knownJob(ledger.config, jobId)
  const began = await runNow(tools, job, {
    by: context.by,
    ...(window ? { window } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(key === undefined ? {} : { requestKey: key }),
    ...(accounts === undefined ? {} : { accountIds: await accountsNamed(tools.database, job, accounts) }),
    ...(streams === undefined ? {} : { streams: streamsNamed(job, streams) }),
  })
  if ('backfill' in began) return tellBackfill(context, options, began)
  const { run, queued, isNew } = began
  if (!queued) complainOf(run)
  if (options.json) return showJson(context, run)
  context.print(`run ${run.id} of ${job.id} ${became(run, isNew)}`)
}

function became({ id, state }: Run, isNew: boolean): string {
  const shows = `\`syncfleet runs show ${id}\` tells`
  if (!isNew) return `was started by the same request before; ${shows} what became of it`
  return state === 'running' ? `started; ${shows} how it gets on` : `had nothing to do; ${shows} why`
}

/** Says what a backfill takes that is written down by now. */
export function tellBackfill(
  context: CommandContext,
  options: ShowOptions,
  { backfill: { id, job, days, streams }, estimate }: BegunBackfill,
): void {
  if (options.json) return showJson(context, { backfill: id, job, days, streams, ...estimate })
  const { accounts, windows, calls } = estimate
  context.print(
    `backfill ${id} of ${job} is planned: ${counted(accounts, 'account')}, ${counted(windows.length, 'window')} each, about ${calls} calls; \`syncfleet backfill show ${id}\` tells how it gets on`,
  )
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Says that a run stands in the ledger, and that nobody performs it yet. */
export function complainOf(run: Run): never {
  throw new CommandError(
    `run ${run.id} stands in the ledger, but Redis cannot be reached; the scheduler queues its syncs once it can`,
  )
}
