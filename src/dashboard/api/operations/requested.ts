import { z } from 'zod'
import type { DayWindow } from '../../../job/streams'
import type { BegunBackfill } from '../../../runs/control/begin-backfill'
import type { RanNow } from '../../../runs/control/run-now'
import { Day, Id, JobId } from '../fields'
import type { Call } from '../operation'

/** Days that are to be read, both included. */
export const Days = z.strictObject({ from: Day, to: Day })

export const Estimate = z.object({
  accounts: z.int(),
  windows: z.int().meta({ description: 'Of each account.' }),
  calls: z.number().meta({ description: 'To the vendor, give or take.' }),
})

export const StartedRun = z
  .object({
    kind: z.literal('run'),
    run: Id,
    job: JobId,
    queued: z
      .boolean()
      .meta({ description: 'False where Redis is away: the leading scheduler queues it once it is back.' }),
  })
  .meta({ id: 'StartedRun', description: 'A run that was started; `GET /runs/{run}` tells how it gets on.' })

export const StartedBackfill = z
  .object({ kind: z.literal('backfill'), backfill: Id, job: JobId, days: Days, estimate: Estimate })
  .meta({
    id: 'StartedBackfill',
    description: 'A backfill that was begun; `GET /backfills/{backfill}` tells how it gets on.',
  })

export const startedRun = ({ run, queued }: RanNow) => ({
  kind: 'run' as const,
  run: run.id,
  job: run.job,
  queued,
})

export const startedBackfill = ({ backfill, estimate }: BegunBackfill) => ({
  kind: 'backfill' as const,
  backfill: backfill.id,
  job: backfill.job,
  days: backfill.days,
  estimate: estimateOf(estimate),
})

export const estimateOf = ({
  accounts,
  windows,
  calls,
}: {
  readonly accounts: number
  readonly windows: readonly DayWindow[]
  readonly calls: number
}) => ({ accounts, windows: windows.length, calls })

/** What a request's Idempotency-Key comes to for an act; nothing where it has none. */
export const keyOf = ({ requestKey }: Call): { readonly requestKey?: string } =>
  requestKey === undefined ? {} : { requestKey }
