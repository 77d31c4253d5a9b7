import type { Request } from 'express'
import type { Job } from '../job/define-job'
import type { Sql } from '../lib/sql'
import { openOverrides } from '../ledger/control/overrides'
import { liveJob, type LiveJob } from '../runs/control/live-jobs'
import type { Context } from './context'
import { RefusedError } from './errors'

/** The job that a request's address names. Throws a `RefusedError` where there is none. */
export const jobOf = ({ jobs }: Context, req: Request): Job => jobNamed(jobs, String(req.params['id']))

/** The job of that id. Throws a `RefusedError` where there is none. */
export function jobNamed(jobs: readonly Job[], id: string): Job {
  const job = jobs.find((each) => each.id === id)
  if (!job) throw new RefusedError(404, `There is no job “${id}”.`)
  return job
}

/** The job with what people have set instead of its configuration. */
export const asItIs = async (sql: Sql, job: Job): Promise<LiveJob> =>
  liveJob(job, await openOverrides(sql, job.id))
