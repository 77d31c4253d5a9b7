import type { Command } from 'commander'
import { configuredJobs } from '../../../config/configured-jobs'
import { openPauses, type Pause, pauseInWords } from '../../ledger/control/pauses'
import { fleetView, type JobView } from '../../ledger/fleet-view'
import { cronInWords } from '../../lib/cron-in-words'
import { inWords } from '../../lib/durations'
import { type LiveJob, liveJobs } from '../../runs/control/live-jobs'
import { driftOf, valueInWords } from '../../runs/control/override-in-words'
import { nextDue } from '../../runs/slots/due-ahead'
import { offReason } from '../../runs/slots/slot-policy'
import type { CommandContext } from './context'
import { day } from './days'
import { knownJob } from './known-job'
import { addOverrides } from './overrides'
import { addPausing } from './pauses'
import { requestRun, type RunOptions } from './request-run'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

/** `jobs list|show|run|pause|resume|reschedule|limit|revert` */
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
    .option('--streams <names>', 'only these streams, with commas between; that makes no account fresher')
    .option('--from <day>', 'only days from this one on, in each account’s zone: a backfill', day)
    .option('--to <day>', 'up to this day', day)
    .option('--key <text>', 'asking again with the same key starts nothing more')
    .option('--reason <text>', 'kept with the run and in the audit log')
    .action(async (id: string, options: RunOptions) => requestRun(context, id, options))

  addPausing(jobs, context, {
    argument: '<job>',
    help: 'a job id, as in `jobs list`',
    find: async ({ config }, given) => {
      const { id, effective } = knownJob(config, given)
      return { target: { scope: 'job', id }, timezone: effective.timezone }
    },
  })

  addOverrides(jobs, context)
}

interface JobRow {
  readonly job: LiveJob
  readonly view: JobView | undefined
  readonly next: Date | undefined
  /** The job's own, and that of everything. */
  readonly pauses: readonly Pause[]
}

async function jobRows(context: CommandContext): Promise<JobRow[]> {
  await using ledger = await context.openLedger()
  const jobs = await liveJobs(ledger.database, configuredJobs(ledger.config))
  const view = await fleetView(
    ledger.database,
    jobs.map(({ id, freshness, effective }) => ({ id, freshness, mode: effective.mode })),
    1,
  )
  const pauses = await openPauses(ledger.database)
  return jobs.map((job) => ({
    job,
    pauses: pauses.filter(
      ({ scope, subject }) => scope === 'everything' || (scope === 'job' && subject === job.id),
    ),
    view: view.jobs.get(job.id),
    next: job.effective.mode === 'off' ? undefined : nextDue(job, view.now),
  }))
}

const modeOf = ({ job, pauses }: JobRow): string => {
  const { mode } = job.effective
  if (mode === 'off') return `off: ${offReason}`
  return pauses.length > 0 ? `${mode}, paused` : mode
}
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
  ['overrides', ({ job }) => job.overrides.map(({ setting }) => setting).join(', ') || undefined],
  ['next slot', ({ next }) => next],
  ['last slot', lastSlotOf],
  ['last run', lastRunOf],
  ['fresh accounts', freshOf],
]

const forPrograms = ({ job, view, next, pauses }: JobRow) => ({
  id: job.id,
  title: job.title,
  version: job.version,
  ...job.effective,
  ...(job.effective.mode === 'off' ? { offReason: offReason } : {}),
  ratePercent: job.ratePercent,
  drift: driftOf(job),
  freshnessObjective: job.freshness,
  streams: Object.entries(job.streams).map(([name, { kind, table }]) => ({ name, kind, table })),
  nextSlot: next ?? null,
  pauses,
  ...view,
})

function linesOf(row: JobRow): string[] {
  const { job, view } = row
  const { effective } = job
  const [run] = view?.lastRuns ?? []
  return [
    `${job.title} (${job.id}): ${job.summary}`,
    `mode        ${modeOf(row)}`,
    ...row.pauses.map((pause) => `paused      ${pauseInWords(pause)}`),
    `schedule    ${cronInWords(effective.cron)}: ${effective.cron} in ${effective.timezone}`,
    `limits      ${valueInWords('concurrency', effective)}, ${valueInWords('rate', { percent: job.ratePercent })}`,
    ...driftOf(job).map(({ override, inWords: words }) => `override    ${override.setting}: ${words}`),
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
