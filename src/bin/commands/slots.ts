import type { Command } from 'commander'
import type { Job } from '../../job/define-job'
import { type Counting, countingOf, slotHistory, type SlotOutcome } from '../../ledger/slots/slot-history'
import { clockMark } from '../../lib/cron'
import { localTime, timeOfReading } from '../../lib/read-instant'
import { scheduleAt } from '../../runs/slots/why'
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
      const job = knownJob(context.config(), id)
      const now = new Date()
      const from = options.from === undefined ? {} : { from: edgeOf(options.from, job, now, 'from') }
      const to = options.to === undefined ? {} : { to: edgeOf(options.to, job, now, 'to') }
      if (from.from && to.to && from.from > to.to)
        throw new UsageError(`--from ${options.from} is after --to ${options.to}`)
      await using ledger = await context.openLedger()
      const counting = await countingOf(ledger.database, job.id)
      const slots = await slotHistory(ledger.database, { job: job.id, limit: options.limit, ...from, ...to })
      showRows(
        context,
        options,
        slots.map((slot) => rowOf(job, counting, slot)),
        columnsIn(job.effective.timezone),
      )
    })
}

interface SlotRow extends SlotOutcome {
  /** As clocks of the job's zone show it. */
  readonly local: string
  /** What a change of the clocks did to it, if anything. */
  readonly clocks: string | null
}

function rowOf(job: Job, counting: Counting, slot: SlotOutcome): SlotRow {
  const { timezone } = job.effective
  const mark = clockMark(scheduleAt(job, slot.dueAt, counting) ?? job.effective, slot.dueAt)
  const clocks =
    mark && (mark.kind === 'moved' ? `gap: for ${timeOfReading(mark.reading)}` : `fold: ${mark.kind} time`)
  return { ...slot, local: localTime(slot.dueAt, timezone), clocks: clocks ?? null }
}

const columnsIn = (timezone: string): readonly Column<SlotRow>[] => [
  ['due', ({ dueAt }) => dueAt],
  [timezone, ({ local }) => local],
  ['clocks', ({ clocks }) => clocks],
  ['outcome', ({ state }) => state],
  ['run', ({ runId, run }) => (run ? `${runId} ${run.state} (${run.ok} of ${run.syncs})` : runId)],
  ['reason', ({ reason }) => reason],
]
