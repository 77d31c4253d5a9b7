import type { Command } from 'commander'
import { type AttemptRow, type SyncView, syncView } from '../../ledger/views/sync-view'
import { inWords } from '../../lib/durations'
import { partInWords } from '../../runs/history/part-in-words'
import { type Segment, timelineOfSync } from '../../runs/history/timeline'
import { addCancelSync } from './cancel'
import type { CommandContext } from './context'
import { ledgerId } from './numbers'
import { CommandError } from './outcome'
import { addRetrySync } from './retry-sync'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'
import { whyOfSync } from '../../runs/history/why-of-sync'

const attemptColumns: readonly Column<AttemptRow>[] = [
  ['attempt', ({ number }) => number],
  ['outcome', ({ outcome }) => outcome],
  ['began', ({ startedAt }) => startedAt],
  ['took', ({ startedAt, endedAt }) => endedAt && inWords(endedAt.getTime() - startedAt.getTime())],
  ['calls', ({ calls }) => calls],
  ['limits', ({ limitWait }) => inWords(limitWait)],
  ['worker', ({ worker }) => worker],
  ['build', ({ build }) => build],
  ['error', ({ errorCode, errorMessage }) => errorCode && `${errorCode}: ${errorMessage}`],
]

const partColumns: readonly Column<Segment>[] = [
  ['from', ({ from }) => from],
  ['took', ({ from, to }) => inWords(to.getTime() - from.getTime())],
  ['spent on', (part) => partInWords(part, (instant) => instant.toISOString())],
]

/** `syncs show|cancel|retry` */
export function addSyncs(program: Command, context: CommandContext): void {
  const syncs = program.command('syncs').description('one account within one run')

  withJson(syncs.command('show'))
    .description('one sync: how it stands, what it has done, its attempts, and what its time went on')
    .argument('<sync>', 'the id of a sync, as `runs show` lists it', ledgerId)
    .action(async (id: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const sync = await syncView(ledger.database, id)
      if (!sync) throw new CommandError(`there is no sync ${id}; see \`syncfleet runs show\``)
      const timeline = timelineOfSync(sync)
      if (options.json) return showJson(context, { ...sync, timeline })
      for (const line of linesOf(sync)) context.print(line)
      showRows(context, options, sync.history, attemptColumns)
      context.print('')
      showRows(context, options, timeline, partColumns)
    })

  addCancelSync(syncs, context)
  addRetrySync(syncs, context)
}

function linesOf(sync: SyncView): string[] {
  const { id, runId, job, client, account, state, waitUntil } = sync
  const why = whyOfSync(sync)
  const until = waitUntil ? `, until ${waitUntil.toISOString()}` : ''
  const lane = sync.lane === 'backfill' ? ', of a backfill' : ''
  return [
    `sync ${id} of ${job}, run ${runId}, ${client} (account ${account})${lane}: ${state}${until}${why === null ? '' : ` (${why})`}`,
    `${sync.pages} pages, ${sync.read} records read: ${sync.inserted} new, ${sync.updated} changed, ${sync.removed} removed, ${sync.rejected} rejected`,
    `${sync.attempts} attempts: ${sync.failures} failed, ${sync.waits} waited, ${sync.interruptions} interrupted, ${sync.crashes} crashed (${sync.crashesInARow} in a row)`,
    `${callsOf(sync)} calls to the vendor`,
    ...Object.entries(sync.cursors).map(
      ([stream, { from, to }]) => `cursor of ${stream}: ${JSON.stringify(from)} to ${JSON.stringify(to)}`,
    ),
    ...(sync.cancellingBy === null ? [] : [`being cancelled by ${sync.cancellingBy}`]),
  ]
}

const callsOf = ({ history }: SyncView): number => history.reduce((sum, { calls }) => sum + calls, 0)
