import type { Pause } from '../../../ledger/control/pauses'
import type { JobView } from '../../../ledger/fleet-view'
import { nextInstant } from '../../../lib/cron'
import { cronInWords } from '../../../lib/cron-in-words'
import type { LiveJob } from '../../../runs/control/live-jobs'

/** A job as the API tells it. */
export function jobOf(job: LiveJob, view: JobView, now: Date, pauses: readonly Pause[]) {
  const { effective, declared } = job
  const { cron, timezone } = effective
  return {
    id: job.id,
    title: job.title,
    summary: job.summary,
    version: job.version,
    mode: effective.mode,
    schedule: { cron, timezone },
    scheduleInWords: cronInWords(cron),
    nextSlot: effective.mode === 'off' ? null : nextInstant(effective, now),
    missed: effective.missed,
    concurrency: effective.concurrency,
    ratePercent: job.ratePercent,
    attempts: effective.attempts,
    backoffMs: effective.backoff,
    backoffCapMs: effective.backoffCap,
    deadlineMs: effective.deadline,
    pageDeadlineMs: effective.pageDeadline,
    runDeadlineMs: effective.runDeadline,
    retryWithinMs: effective.retryWithin,
    startWithinMs: job.startWithin,
    spreadMs: effective.spread,
    excluded: effective.excluded.map(({ text }) => text),
    streams: Object.entries(job.streams).map(([name, { kind, table }]) => ({ name, kind, table })),
    declared: {
      schedule: { cron: declared.cron, timezone: declared.timezone },
      concurrency: declared.concurrency,
    },
    overrides: job.overrides,
    pauses: pauses.filter(
      ({ scope, subject }) => scope === 'everything' || (scope === 'job' && subject === job.id),
    ),
    lastSlot: view.lastSlot ?? null,
    lastRun: view.lastRuns[0] ?? null,
    freshness: {
      objectiveMs: job.freshness,
      accounts: view.freshness.accounts,
      fresh: view.freshness.fresh,
    },
    openIncidents: view.incidents?.count ?? 0,
  }
}
