import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { hours, minutes, seconds } from '../../src/lib/durations'

/** DealerVault data feeds: what the dealership's DMS knows. An account is a rooftop. */
export const authenticom = defineJob({
  id: 'authenticom',
  title: 'Authenticom',
  summary: 'Sales, closed service orders, appointments and inventory from the dealership’s DMS',
  version: 1,
  sync: 'unwritten',
  // The vendor polls each DMS about daily: asking more often than every four hours brings nothing.
  schedule: { cron: '25 */4 * * *', timezone: 'America/Chicago', missed: 'run-once' },
  startWithin: hours(3),
  // Of one attempt. Waiting for a delivery holds no attempt.
  deadline: minutes(30),
  freshness: hours(10),
  // A delivery that the vendor failed is asked for again after a quarter of an hour, then after an hour.
  retry: { attempts: 5, delay: seconds(30), cap: hours(1) },
  // Four deliveries may be in progress for the whole program.
  concurrency: 2,
  externalId: z.string().regex(/^DVD\d+$/, { error: 'expected the rooftop’s DV Dealer ID, e.g. DVD40001' }),
  secrets: z.strictObject({
    program_id: z.string().regex(/^DVV\d+$/, { error: 'expected a program id, e.g. DVV10001' }),
    subscription_key: z.string().min(1),
    user_email: z.email(),
  }),
  settings: z.strictObject({
    feeds: z
      .array(z.enum(['SL', 'SV', 'SV_APPT', 'INV']))
      .min(1)
      .default(['SL', 'SV', 'SV_APPT', 'INV']),
  }),
  streams: {},
})
