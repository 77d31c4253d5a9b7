import { z } from 'zod'
import { fleetView } from '../../../ledger/fleet-view'
import { openPauses } from '../../../ledger/control/pauses'
import { missedPolicies, modes } from '../../../job/define-job'
import { liveJobs, type LiveJob } from '../../../runs/control/live-jobs'
import type { Context } from '../../context'
import { Instant, JobId } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { found, knownJob } from '../things'
import { jobOf } from './job-answer'
import { Override, Schedule } from './overrides'
import { runJob } from './run-now'
import { Pause, PauseOrder, pauseFor, ResumeOrder, resumeFor } from './pauses'
import { RunKind, RunState } from './runs'

const Duration = z.number().nonnegative()

const LastRun = z.object({
  id: z.string(),
  kind: RunKind,
  state: RunState,
  startedAt: Instant,
  settledAt: Instant.nullable(),
})

export const Job = z
  .object({
    id: JobId,
    title: z.string(),
    summary: z.string(),
    version: z.int(),
    mode: z.enum(modes),
    schedule: Schedule,
    scheduleInWords: z.string(),
    nextSlot: Instant.nullable().meta({ description: 'Null for a job that is off.' }),
    missed: z.enum(missedPolicies),
    concurrency: z.int(),
    ratePercent: z.int().meta({ description: 'The share of its vendor’s limits that its calls may use.' }),
    attempts: z.int(),
    backoffMs: Duration,
    backoffCapMs: Duration,
    deadlineMs: Duration,
    pageDeadlineMs: Duration,
    runDeadlineMs: Duration,
    retryWithinMs: Duration,
    startWithinMs: Duration,
    spreadMs: Duration,
    excluded: z.array(z.string()).meta({ description: 'When nothing of it starts, in its time zone.' }),
    streams: z.array(
      z.object({ name: z.string(), kind: z.enum(['upsert', 'window', 'snapshot']), table: z.string() }),
    ),
    declared: z
      .object({ schedule: Schedule, concurrency: z.int() })
      .meta({ description: 'What the configuration says of what can be overridden.' }),
    overrides: z.array(Override).meta({ description: 'Those in force.' }),
    pauses: z.array(Pause).meta({ description: 'Its own and that of everything, while they last.' }),
    lastSlot: z.object({ dueAt: Instant, state: z.string(), reason: z.string().nullable() }).nullable(),
    lastRun: LastRun.nullable(),
    freshness: z.object({
      objectiveMs: Duration.meta({ description: 'How old an account’s last good sync may be.' }),
      accounts: z.int().meta({ description: 'Enabled accounts.' }),
      fresh: z.int(),
    }),
    openIncidents: z.int(),
  })
  .meta({
    id: 'Job',
    description: 'One of the nine integrations: its settings as they are now, and how it stands.',
  })

async function jobAnswers(ctx: Context, jobs: readonly LiveJob[]) {
  const questions = jobs.map(({ id, freshness, effective }) => ({ id, freshness, mode: effective.mode }))
  const [view, pauses] = await Promise.all([fleetView(ctx.database, questions, 1), openPauses(ctx.database)])
  return jobs.map((job) => jobOf(job, found(view.jobs.get(job.id), `job ${job.id}`), view.now, pauses))
}

const OfJob = z.strictObject({ job: JobId })

export const jobs: OperationGroup = {
  title: 'Jobs',
  summary: 'The nine integrations: how they stand; running and pausing them.',
  operations: [
    operation({
      id: 'listJobs',
      method: 'get',
      path: '/jobs',
      role: 'viewer',
      summary: 'All jobs.',
      answer: z.object({ items: z.array(Job) }),
      handle: async (ctx) => ({ items: await jobAnswers(ctx, await liveJobs(ctx.database, ctx.jobs)) }),
    }),
    operation({
      id: 'showJob',
      method: 'get',
      path: '/jobs/{job}',
      role: 'viewer',
      summary: 'One job.',
      params: OfJob,
      answer: Job,
      handle: async (ctx, { params }) => {
        const [job] = await jobAnswers(ctx, await liveJobs(ctx.database, [knownJob(ctx, params.job)]))
        return found(job, `job ${params.job}`)
      },
    }),
    runJob,
    operation({
      id: 'pauseJob',
      method: 'post',
      path: '/jobs/{job}/pause',
      role: 'operator',
      summary: 'Pause a job: its slots settle as paused. Attempts under way go on to their ends.',
      params: OfJob,
      body: PauseOrder,
      answer: Pause,
      handle: async (ctx, { params, body }, call) =>
        pauseFor(ctx, { scope: 'job', id: knownJob(ctx, params.job).id }, body, call),
    }),
    operation({
      id: 'resumeJob',
      method: 'post',
      path: '/jobs/{job}/resume',
      role: 'operator',
      summary: 'End the pause of a job.',
      params: OfJob,
      body: ResumeOrder,
      answer: Pause,
      handle: async (ctx, { params, body }, call) =>
        resumeFor(ctx, { scope: 'job', id: knownJob(ctx, params.job).id }, body, call),
    }),
  ],
}
