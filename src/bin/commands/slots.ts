import type { Command } from 'commander'
import type { Job } from '../../job/define-job'
import { type Counting, countingOf, slotHistory, type SlotOutcome } from '../../ledger/slots/slot-history'
import { localTime } from '../../lib/read-instant'
import { liveJobOf } from '../../runs/control/live-jobs'
import { clocksInWords } from '../../runs/slots/slot-clocks'
import type { CommandContext } from './context'
import { edgeOf } from './instants'
import { knownJob } from './known-job'
import { positive } from './numbers'
import { UsageError } from './outcome'
import { showRows, withJson, type Column, type ShowOptions } from './show'

interface SlotsOptions extends ShowOptions {
  readonly limit: number
  readonly from?: string
  readonly to?: string
}

/** `slots` */
export function addSlots(program: Command, context: CommandContext): void {
  withJson(program.command('slots'))
    .description('what became of each due instant of a job, latest first')
    .argument('<job>', 'a job id, as in `jobs list`')
    .option(
      '--from <instant>',
      'only those from then on: 2026-11-21T06:00Z, "2026-11-21 06:00" or "yesterday 06:00"',
    )
    .option('--to <instant>', 'only those up to then, which is included')
    .option('--limit <count>', 'how many', positive, 20)
    .action(async (id: string, options: SlotsOptions) => {
      const known = knownJob(context.config(), id)
      spanOf(options, known)
      await using ledger = await context.openLedger()
      const job = await liveJobOf(ledger.database, known)
      const span = spanOf(options, job)
      const counting = await countingOf(ledger.database, job.id)
      const slots = await slotHistory(ledger.database, { job: job.id, limit: options.limit, ...span })
      showRows(
        context,
        options,
        slots.map((slot) => rowOf(job, counting, slot)),
        columnsIn(job.effective.timezone),
      )
    })
}

/** From when to when, in the job's zone. */
function spanOf({ from, to }: SlotsOptions, job: Job): { readonly from?: Date; readonly to?: Date } {
  const now = new Date()
  const span = {
    ...(from === undefined ? {} : { from: edgeOf(from, job, now, 'from') }),
    ...(to === undefined ? {} : { to: edgeOf(to, job, now, 'to') }),
  }
  if (span.from && span.to && span.from > span.to) throw new UsageError(`--from ${from} is after --to ${to}`)
  return span
}

interface SlotRow extends SlotOutcome {
  /** As clocks of the job's zone show it. */
  readonly local: string
  /** What a change of the clocks did to it, if anything. */
  readonly clocks: string | null
}

function rowOf(job: Job, counting: Counting, slot: SlotOutcome): SlotRow {
  const { timezone } = job.effective
  return {
    ...slot,
    local: localTime(slot.dueAt, timezone),
    clocks: clocksInWords(job, counting, slot.dueAt),
  }
}

const columnsIn = (timezone: string): readonly Column<SlotRow>[] => [
  ['due', ({ dueAt }) => dueAt],
  [timezone, ({ local }) => local],
  ['clocks', ({ clocks }) => clocks],
  ['outcome', ({ state }) => state],
  ['run', ({ runId, run }) => (run ? `${runId} ${run.state} (${run.ok} of ${run.syncs})` : runId)],
  ['reason', ({ reason }) => reason],
]
