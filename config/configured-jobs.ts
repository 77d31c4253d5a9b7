import { jobs } from '../jobs'
import { declaredSettings, type Job } from '../src/job/define-job'
import type { Config } from './config'

/** The nine jobs under the settings of this deployment, in the order of `jobIds`. */
export const configuredJobs = (config: Config): Job[] =>
  jobs.map((job) => {
    const settings = config.jobs[job.id] ?? declaredSettings(job)
    return {
      ...job,
      effective: { ...settings, concurrency: config.worker.concurrency ?? settings.concurrency },
    }
  })
