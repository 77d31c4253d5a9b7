import { days, seconds } from '../lib/durations'
import type { JobsOptions, RepeatOptions } from 'bullmq'
import { nextInstant } from '../lib/cron'

/** The queue of runs: the nine job schedulers' ticks, and every run that a person or the watchdog started. */
export const runsQueue = 'runs'

/** A due instant, made by a job scheduler. Also what Bull Board's "run now" adds, without an instant. */
export interface TickData {
  readonly kind: 'tick'
  readonly jobId: string
  readonly version: number
}

/** A run that stands in the ledger already. */
export interface RunData {
  readonly kind: 'run'
  readonly runId: string
  readonly version: number
}

export interface SyncData {
  readonly syncId: string
  readonly version: number
}

export const runBullId = (runId: string): string => `run-${runId}`
export const syncBullId = (syncId: string): string => `sync-${syncId}`

/** One age for all of a queue: BullMQ evaluates retention per queue, so a count would let syncs evict their run. */
const retention = {
  removeOnComplete: { age: days(3) / seconds(1) },
  removeOnFail: { age: days(14) / seconds(1) },
}

/** The backoff type of syncs: how long comes with the error. */
const decidedBackoff = 'decided'

/** Names the instants of a job scheduler as the rest of the fleet does, also where clocks change. For queue and workers. */
export const repeatStrategy = (after: number, { pattern = '', tz = 'UTC' }: RepeatOptions): number =>
  nextInstant({ cron: pattern, timezone: tz }, new Date(after)).getTime()

/** Ticks and runs: planning is repeated while Postgres is away; the ledger makes repeating harmless. */
export const runOptions = {
  attempts: 10,
  backoff: { type: 'exponential', delay: seconds(1), jitter: 0.5 },
  ...retention,
} satisfies JobsOptions

/** Syncs: the attempt's outcome says how long to back off. */
export const syncOptions = (attempts: number): JobsOptions => ({
  attempts,
  backoff: { type: decidedBackoff },
  // The parent is a view: a failing account must neither fail it nor keep it waiting for ever.
  ignoreDependencyOnFailure: true,
  ...retention,
})

/** The due instant in the id that BullMQ gives a tick; undefined for a job that no schedule made. */
export function instantOf(bullId: string | undefined): Date | undefined {
  const millis = /^repeat:.+:(\d{1,15})$/.exec(bullId ?? '')?.[1]
  return millis === undefined ? undefined : new Date(Number(millis))
}

/** The sync that a BullMQ job stands for; undefined for a job of another kind. */
export const syncIdOf = (bullId: string): string | undefined => /^sync-(\d{1,18})$/.exec(bullId)?.[1]

/** The run that a BullMQ job was queued for by its id; undefined for a tick and for a job of another kind. */
export const runIdOf = (bullId: string): string | undefined => /^run-(\d{1,18})$/.exec(bullId)?.[1]

/** The job whose schedule made a tick; undefined for a job that no schedule made. */
export const jobOfTick = (bullId: string): string | undefined => /^repeat:(.+):\d{1,15}$/.exec(bullId)?.[1]

export const tickBullId = (jobId: string, dueAt: Date): string => `repeat:${jobId}:${dueAt.getTime()}`
