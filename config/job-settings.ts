import { declaredSettings, type JobDefinition } from '../src/job/define-job'
import type { Environment } from './config'
import { cron, durationInSeconds, missedPolicy, mode, timezone, wholeNumber } from './formats'
import { weekWindows } from './list-formats'
import type { Setting } from './setting'
import { days, hours } from '../src/lib/durations'

/** In front of a job's own environment names: `GOOGLE_ADS_`. */
export const envPrefix = (jobId: string): string => `${jobId.toUpperCase().replaceAll('-', '_')}_`

const inSeconds = (milliseconds: number): number => milliseconds / 1000
const longest = inSeconds(hours(24))

/** What may be set for one job; its definition holds the defaults. */
export const jobSettings = (job: JobDefinition, environment: Environment) => {
  const declared = declaredSettings(job)
  const setting = <T>(name: string, of: Omit<Setting<T>, 'env'>): Setting<T> => ({
    ...of,
    env: `${envPrefix(job.id)}${name}`,
  })
  return {
    cron: setting('CRON', {
      doc: `When ${job.title} is due. A seconds field in front is for development and test only.`,
      format: cron(environment === 'development' || environment === 'test' ? 'five or six' : 'five'),
      default: declared.cron,
    }),
    timezone: setting('TIMEZONE', {
      doc: 'The time zone in which the pattern is read.',
      format: timezone,
      default: declared.timezone,
    }),
    missed: setting('MISSED', {
      doc: 'What becomes of due instants that nobody ran: skip leaves them, run-once runs once for all of them, run-all runs each.',
      format: missedPolicy,
      default: declared.missed,
    }),
    mode: setting('MODE', {
      doc: 'off records what was due and runs nothing; shadow runs in full into the schema beside; live runs.',
      format: mode,
      default: declared.mode,
    }),
    attempts: setting('ATTEMPTS', {
      doc: 'Attempts that may fail before a sync becomes a dead letter.',
      format: wholeNumber(1, 50),
      default: declared.attempts,
    }),
    backoffSeconds: setting('BACKOFF_SECONDS', {
      doc: 'The wait after the first failed attempt; it doubles with every further one.',
      format: durationInSeconds(1, longest),
      default: inSeconds(declared.backoff),
    }),
    backoffCapSeconds: setting('BACKOFF_CAP_SECONDS', {
      doc: 'The longest wait between two attempts.',
      format: durationInSeconds(1, longest),
      default: inSeconds(declared.backoffCap),
    }),
    deadlineSeconds: setting('DEADLINE_SECONDS', {
      doc: 'The longest time one attempt may take.',
      format: durationInSeconds(1, longest),
      default: inSeconds(declared.deadline),
    }),
    pageDeadlineSeconds: setting('PAGE_DEADLINE_SECONDS', {
      doc: 'The longest time until the next page of an attempt; waits for the vendor count, too.',
      format: durationInSeconds(1, longest),
      default: inSeconds(declared.pageDeadline),
    }),
    runDeadlineSeconds: setting('RUN_DEADLINE_SECONDS', {
      doc: 'The longest time that a run may take; what is still open then is cancelled.',
      format: durationInSeconds(1, inSeconds(days(7))),
      default: inSeconds(declared.runDeadline),
    }),
    retryWithinSeconds: setting('RETRY_WITHIN_SECONDS', {
      doc: 'How long a sync may go on failing and waiting, from its first attempt on.',
      format: durationInSeconds(1, inSeconds(days(7))),
      default: inSeconds(declared.retryWithin),
    }),
    spreadSeconds: setting('SPREAD_SECONDS', {
      doc: 'The accounts of a due run start spread over this time, each always at the same place in it; 0 starts all at once.',
      format: durationInSeconds(0, longest),
      default: inSeconds(declared.spread),
    }),
    excluded: setting('EXCLUDED', {
      doc: "Times in the job's time zone in which no due run and no catch-up starts; a person may still start one.",
      format: weekWindows,
      default: '',
    }),
    concurrency: setting('CONCURRENCY', {
      doc: 'Syncs of this job at once in each worker.',
      format: wholeNumber(1, 100),
      default: declared.concurrency,
    }),
  }
}
