import type { JobDefinition } from '../../job/define-job'
import type { DayWindow } from '../../job/streams'
import { addDays } from '../../lib/local-days'
import { ActRefusedError } from '../control/act-refused'

/** What a backfill is going to take, as far as the job's definition can tell. */
export interface BackfillEstimate {
  readonly accounts: number
  /** Of each account, in the order in which they are read. */
  readonly windows: readonly DayWindow[]
  readonly calls: number
}

/** A window of days cut into as many as the job reads at once, latest first: what is recent is missed most. */
export function windowsOf({ from, to }: DayWindow, chunkDays: number): DayWindow[] {
  const windows: DayWindow[] = []
  for (let end = to; end >= from; end = addDays(end, -chunkDays)) {
    const start = addDays(end, 1 - chunkDays)
    windows.push({ from: start < from ? from : start, to: end })
  }
  return windows
}

/** Throws a `NoBackfillError` for a job whose vendor has no history to offer. */
export function estimateBackfill(job: JobDefinition, days: DayWindow, accounts: number): BackfillEstimate {
  if (!job.backfill) throw new NoBackfillError(job)
  const windows = windowsOf(days, job.backfill.chunkDays)
  return { accounts, windows, calls: accounts * windows.length * job.backfill.callsPerChunk }
}

/** Somebody asked for the past of a job that only ever tells the present. */
export class NoBackfillError extends ActRefusedError {
  override name = 'NoBackfillError'
  override readonly code = 'no_backfill'

  constructor({ id }: JobDefinition) {
    super('invalid', `${id}: its vendor lists what is there now, and has no days to read again`)
  }
}
