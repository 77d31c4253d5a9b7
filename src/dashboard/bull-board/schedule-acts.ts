import { z } from 'zod'
import { runBullId, runsQueue } from '../../queue/bull-jobs'
import { ActRefusedError } from '../../runs/control/act-refused'
import { reschedule } from '../../runs/control/override'
import { pause } from '../../runs/control/pause'
import { startRun } from '../../runs/control/run-now'
import { jobNamed } from '../job-of'
import { type BoardAct, type BoardOrder, doneQuietly } from './board-act'

const Schedule = z.object({
  pattern: z.string().trim().min(1),
  tz: z.string().trim().optional(),
  limit: z.null().optional(),
  endDate: z.null().optional(),
})

const jobOfSchedule = ({ ctx, params }: BoardOrder) => jobNamed(ctx.jobs, params['schedulerId'] ?? '')

/** An edited schedule is an override. */
export const editSchedule: BoardAct = async (order) => {
  const { ctx, by, reason, body } = order
  const job = jobOfSchedule(order)
  const read = Schedule.safeParse(body)
  if (!read.success)
    throw new ActRefusedError(
      'invalid',
      'A schedule here is a cron pattern and a time zone, without a limit, an end or an interval.',
    )
  const { pattern, tz } = read.data
  await reschedule(
    ctx.tools,
    job,
    { cron: pattern, ...(tz === undefined || tz === '' ? {} : { timezone: tz }) },
    { by, reason },
  )
  return doneQuietly
}

/** A removed schedule is a pause of its job: its slots are recorded as paused until somebody resumes it. */
export const removeSchedule: BoardAct = async (order) => {
  const { ctx, by } = order
  const { id } = jobOfSchedule(order)
  await pause(ctx.tools, { scope: 'job', id }, { by, reason: 'its schedule was removed in Bull Board' })
  return doneQuietly
}

/** A triggered schedule is a run by hand. */
export const runSchedule: BoardAct = async (order) => {
  const { ctx, by, reason } = order
  const { run } = await startRun(ctx.tools, jobOfSchedule(order), { by, reason })
  return { status: 200, body: { job: { id: runBullId(run.id), name: runsQueue } } }
}

/** A promoted tick is a run by hand, too: its slot keeps its time. */
export async function runInsteadOfTick({ ctx, by, reason }: BoardOrder, jobId: string): Promise<void> {
  await startRun(ctx.tools, jobNamed(ctx.jobs, jobId), { by, reason })
}
