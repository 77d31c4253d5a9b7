import type { z } from 'zod'
import { hours, minutes } from '../lib/durations'
import type { WeekWindow } from '../lib/week-windows'
import type { Streams } from './streams'

/** The nine integrations. Queues, job schedulers, settings and tables are named after these. */
export const jobIds = [
  'salesforce',
  'authenticom',
  'dealertrend',
  'campaign',
  'ctm',
  'google-ads',
  'cdk',
  'meta-ads',
  'ads-creatives',
] as const

/** What becomes of due instants that nobody ran: leave them, run once for all of them, or run each. */
export const missedPolicies = ['skip', 'run-once', 'run-all'] as const
export type MissedPolicy = (typeof missedPolicies)[number]

/** `off`: slots are recorded, nothing runs. `shadow`: runs in full into a schema of its own. `live`: runs. */
export const modes = ['off', 'shadow', 'live'] as const
export type Mode = (typeof modes)[number]

/** What an operator may set per job; the definition holds the defaults. Durations in milliseconds. */
export interface JobSettings {
  /** Five fields, or six with seconds first in development and test. */
  readonly cron: string
  /** IANA time zone in which the pattern is read. */
  readonly timezone: string
  readonly missed: MissedPolicy
  readonly mode: Mode
  /** Attempts that may fail before a sync becomes a dead letter. */
  readonly attempts: number
  /** The first backoff; it doubles with every failed attempt. */
  readonly backoff: number
  readonly backoffCap: number
  /** The longest time one attempt may take. */
  readonly deadline: number
  /** The longest time until an attempt's next page. */
  readonly pageDeadline: number
  /** The longest time from a run's start until its last sync is settled. */
  readonly runDeadline: number
  /** How long a sync may go on failing and waiting, from its first attempt on. */
  readonly retryWithin: number
  /** A slot's accounts start spread over this time, each always at the same place in it. */
  readonly spread: number
  /** No slot's run and no catch-up starts inside these, read in the job's time zone. */
  readonly excluded: readonly WeekWindow[]
  /** Syncs of this job at once per worker process. */
  readonly concurrency: number
}

/** Everything about a job that is data: what it is, when it runs, and until when. */
export interface JobDefinition<
  Id extends string = string,
  S extends Streams = Streams,
  Secrets extends z.ZodType = z.ZodType,
  Settings extends z.ZodType = z.ZodType,
> {
  readonly id: Id
  /** As the vendor writes it, for people. */
  readonly title: string
  /** One sentence for screens: what it brings in. */
  readonly summary: string
  /** Raised when a change must not be worked on by an older worker. */
  readonly version: number
  readonly schedule: {
    readonly cron: string
    readonly timezone: string
    readonly missed: MissedPolicy
    /** Default: all accounts start at once. */
    readonly spread?: number
  }
  /** A slot that could not start within this time expires, and missed slots older than this are not caught up. */
  readonly startWithin: number
  readonly deadline: number
  /** Default ten minutes: waits for a vendor's rate limit count, too. */
  readonly pageDeadline?: number
  /** Default twelve hours. */
  readonly runDeadline?: number
  /** Objective: an account's last good sync should not be older than this. */
  readonly freshness: number
  readonly retry: {
    readonly attempts: number
    readonly delay: number
    readonly cap: number
    /** Default six hours. */
    readonly within?: number
  }
  readonly concurrency: number
  /** What an account's `external_id` must look like; absent, any text. */
  readonly externalId?: z.ZodType<string, string>
  /** What a credential's `secrets` must be. */
  readonly secrets: Secrets
  /** What an account's `settings` may be. */
  readonly settings: Settings
  readonly streams: S
  /** How history is read again on request; absent where the vendor has none to offer, as with a list of what is there now. */
  readonly backfill?: {
    /** Days of one account that are read at once. */
    readonly chunkDays: number
    /** Calls that a chunk takes, give or take: what an estimate goes by. */
    readonly callsPerChunk: number
  }
}

/** A definition under the settings of this deployment. */
export interface Job extends JobDefinition {
  readonly effective: JobSettings
}

/** Names a job. Its type keeps the ids and streams apart, so that `jobs/syncs.ts` can demand the right sync for each. */
export const defineJob = <
  const Id extends string,
  S extends Streams,
  Secrets extends z.ZodType,
  Settings extends z.ZodType,
>(
  definition: JobDefinition<Id, S, Secrets, Settings>,
): JobDefinition<Id, S, Secrets, Settings> => definition

/** The settings that a definition declares where nobody sets anything else. */
export const declaredSettings = (definition: JobDefinition): JobSettings => ({
  ...definition.schedule,
  spread: definition.schedule.spread ?? 0,
  excluded: [],
  mode: 'live',
  attempts: definition.retry.attempts,
  backoff: definition.retry.delay,
  backoffCap: definition.retry.cap,
  retryWithin: definition.retry.within ?? hours(6),
  deadline: definition.deadline,
  pageDeadline: definition.pageDeadline ?? minutes(10),
  runDeadline: definition.runDeadline ?? hours(12),
  concurrency: definition.concurrency,
})
