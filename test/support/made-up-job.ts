import { z } from 'zod'
import { bigint, date, nullable, text } from '../../src/job/columns'
import { declaredSettings, defineJob, type Job, type JobSettings } from '../../src/job/define-job'
import { snapshotStream, upsertStream, windowStream } from '../../src/job/streams'
import { minutes, seconds } from '../../src/lib/durations'

/** A job of no vendor, with a stream of each kind. Its id is one of the nine, because queues and settings know no other. */
export const madeUp = defineJob({
  id: 'dealertrend',
  title: 'Made up',
  summary: 'Things that no vendor has.',
  version: 1,
  schedule: { cron: '0 * * * *', timezone: 'America/Chicago', missed: 'run-once' },
  startWithin: minutes(30),
  deadline: minutes(5),
  freshness: minutes(120),
  retry: { attempts: 3, delay: seconds(1), cap: seconds(10) },
  concurrency: 2,
  secrets: z.object({ token: z.string() }),
  settings: z.object({}),
  streams: {
    orders: upsertStream({
      table: 'dealertrend_orders',
      key: ['order_id'],
      columns: { order_id: bigint(), note: nullable(text()) },
      cursor: z.number(),
      position: z.number(),
      overlap: 0,
    }),
    days: windowStream({
      table: 'dealertrend_days',
      key: ['day', 'campaign'],
      columns: { day: date(), campaign: text(), clicks: bigint() },
      day: 'day',
    }),
    cars: snapshotStream({
      table: 'dealertrend_cars',
      key: ['vin'],
      columns: { vin: text(), color: nullable(text()) },
    }),
  },
})

/** The made-up job as a deployment has it. */
export const madeUpJob = (settings: Partial<JobSettings> = {}): Job => ({
  ...madeUp,
  effective: { ...declaredSettings(madeUp), ...settings },
})
