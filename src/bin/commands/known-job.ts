import type { Config } from '../../../config/config'
import { configuredJobs } from '../../../config/configured-jobs'
import type { Job } from '../../job/define-job'
import { nearest } from '../../lib/nearest'
import { UsageError } from './outcome'

/** The job of that id under this deployment's settings. An unknown id is wrong usage, told with the nearest known one. */
export function knownJob(config: Config, id: string): Job {
  const jobs = configuredJobs(config)
  const job = jobs.find((candidate) => candidate.id === id)
  if (job) return job
  const ids = jobs.map((candidate) => candidate.id)
  const near = nearest(id, ids)
  throw new UsageError(
    `there is no job "${id}"${near === undefined ? '; expected' : `; did you mean ${near}? Expected`} one of ${ids.join(', ')}`,
  )
}
