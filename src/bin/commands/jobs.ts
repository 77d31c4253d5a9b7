import type { Command } from 'commander'
import { configuredJobs } from '../../../config/configured-jobs'
import type { Job } from '../../job/define-job'
import { fleetView, type JobView } from '../../ledger/fleet-view'
import { nextInstant } from '../../lib/cron'
import { cronInWords } from '../../lib/cron-in-words'
import { inWords } from '../../lib/durations'
import { offReason } from '../../runs/slots/slot-policy'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { requestRun, type RunOptions } from './request-run'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

/** `jobs list|show|run` */
export function addJobs(program: Command, context: CommandContext): void {
  const jobs = program.command('jobs').description('the nine integrations: how they stand, and run them now')

  withJson(jobs.command('list'))
    .description('every job with its mode, schedule, last slot and last run')
    .action(async (options: ShowOptions) => {
      const rows = await jobRows(context)
      if (options.json) return showJson(context, rows.map(forPrograms))
      showRows(context, options, rows, columns)
    })

  withJson(jobs.command('show'))
    .description('one job in full: its settings and how it stands')
    .argument('<job>', 'a job id, as in `jobs list`')
    .action(async (id: string, options: ShowOptions) => {
      const { id: known } = knownJob(context.config(), id)
      const rows = (await jobRows(context)).filter(({ job }) => job.id === known)
      if (options.json) return showJson(context, rows.map(forPrograms)[0])
      for (const row of rows) for (const line of linesOf(row)) context.print(line)
    })

  withJson(jobs.command('run'))
    .description('start a run now, whatever the schedule says')
    .argument('<job>', 'a job id, as in `jobs list`')
    .option('--accounts <ids>', 'only these: client ids, external ids or account ids, separated by commas')
    .option('--reason <text>', 'kept with the run and in the audit log')
    .action(async (id: string, options: RunOptions) => requestRun(context, id, options))
}

interface JobRow {
  readonly job: Job
  readonly view: JobView | undefined
  readonly next: Date | undefined
}

async function jobRows(context: CommandContext): Promise<JobRow[]> {
  await using ledger = await context.openLedger()
  const jobs = configuredJobs(ledger.config)
  const view = await fleetView(
    ledger.database,
    jobs.map(({ id, freshness, effective }) => ({ id, freshness, mode: effective.mode })),
    1,
  )
  return jobs.map((job) => ({
    job,
    view: view.jobs.get(job.id),
    next: job.effective.mode === 'off' ? undefined : nextInstant(job.effective, view.now),
  }))
}

const modeOf = ({ job }: JobRow): string =>
  job.effective.mode === 'off' ? `off: ${offReason}` : job.effective.mode
const lastSlotOf = ({ view }: JobRow): string | undefined => view?.lastSlot?.state
const lastRunOf = ({ view }: JobRow): string | undefined => {
  const [run] = view?.lastRuns ?? []
  return run && `${run.state} (run ${run.id})`
}
const freshOf = ({ view }: JobRow): string | undefined =>
  view && view.freshness.accounts > 0 ? `${view.freshness.fresh} of ${view.freshness.accounts}` : undefined

const columns: readonly Column<JobRow>[] = [
  ['job', ({ job }) => job.id],
  ['mode', modeOf],
  ['schedule', ({ job }) => `${cronInWords(job.effective.cron)} (${job.effective.timezone})`],
  ['next slot', ({ next }) => next],
  ['last slot', lastSlotOf],
  ['last run', lastRunOf],
  ['fresh accounts', freshOf],
]

const forPrograms = ({ job, view, next }: JobRow) => ({
  id: job.id,
  title: job.title,
  version: job.version,
  ...job.effective,
  ...(job.effective.mode === 'off' ? { offReason: offReason } : {}),
  freshnessObjective: job.freshness,
  streams: Object.entries(job.streams).map(([name, { kind, table }]) => ({ name, kind, table })),
  nextSlot: next ?? null,
  ...view,
})

function linesOf(row: JobRow): string[] {
  const { job, view } = row
  const { effective } = job
  const [run] = view?.lastRuns ?? []
  return [
    `${job.title} (${job.id}): ${job.summary}`,
    `mode        ${modeOf(row)}`,
    `schedule    ${cronInWords(effective.cron)}: ${effective.cron} in ${effective.timezone}`,
    `next slot   ${row.next?.toISOString() ?? '-'}`,
    `last slot   ${view?.lastSlot ? `${view.lastSlot.dueAt.toISOString()} ${view.lastSlot.state}${view.lastSlot.reason === null ? '' : `: ${view.lastSlot.reason}`}` : '-'}`,
    `last run    ${run ? `run ${run.id}, ${run.state}, started ${run.startedAt.toISOString()}, ${run.rows} rows` : '-'}`,
    `freshness   ${freshOf(row) ?? 'no accounts'}, objective ${inWords(job.freshness)}`,
    `retries     ${effective.attempts} attempts, backoff ${inWords(effective.backoff)} up to ${inWords(effective.backoffCap)}`,
    `deadline    ${inWords(effective.deadline)} an attempt; a slot may start ${inWords(job.startWithin)} late; missed slots: ${effective.missed}`,
    `starts      ${effective.spread > 0 ? `accounts spread over ${inWords(effective.spread)}` : 'all accounts at once'}; excluded: ${effective.excluded.map(({ text }) => text).join(', ') || 'no time'}`,
    `streams     ${
      Object.entries(job.streams)
        .map(([name, { kind, table }]) => `${name} (${kind}) into ${table}`)
        .join(', ') || '-'
    }`,
  ]
}
