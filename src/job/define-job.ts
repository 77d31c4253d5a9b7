import type { z } from 'zod'
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
  readonly schedule: { readonly cron: string; readonly timezone: string; readonly missed: MissedPolicy }
  /** A slot that could not start within this time expires, and missed slots older than this are not caught up. */
  readonly startWithin: number
  readonly deadline: number
  /** Objective: an account's last good sync should not be older than this. */
  readonly freshness: number
  readonly retry: { readonly attempts: number; readonly delay: number; readonly cap: number }
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
  mode: 'live',
  attempts: definition.retry.attempts,
  backoff: definition.retry.delay,
  backoffCap: definition.retry.cap,
  deadline: definition.deadline,
  concurrency: definition.concurrency,
})
