import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { hours, minutes, seconds } from '../../src/lib/durations'

const departments = z.array(z.string().min(1)).default([])

/** CDK Drive through Fortellis. An account is a dealership's subscription to our app. */
export const cdk = defineJob({
  id: 'cdk',
  title: 'CDK',
  summary: 'Sales, repair orders, service appointments and customers from CDK Drive',
  version: 1,
  sync: 'unwritten',
  // Changes can be asked for up to 48 hours back; every four hours leaves room for a long outage.
  schedule: { cron: '20 */4 * * *', timezone: 'America/Chicago', missed: 'run-once' },
  startWithin: hours(3),
  // Of one attempt. Waiting for an extract holds no attempt.
  deadline: minutes(30),
  freshness: hours(10),
  retry: { attempts: 5, delay: seconds(30), cap: minutes(10) },
  // Two in flight per subscription, ten requests a second for the whole app.
  concurrency: 4,
  externalId: z.uuid({ error: 'expected the dealership’s subscription id, a UUID' }),
  secrets: z.strictObject({ api_key: z.string().min(1), api_secret: z.string().min(1) }),
  settings: z.strictObject({
    /** Department ids by the kind of data they hold; a dealership may have several of each. */
    departments: z
      .strictObject({ finance: departments, service: departments })
      .refine(({ finance, service }) => finance.length + service.length > 0, {
        error: 'expected at least one department, of finance or service',
      }),
  }),
  streams: {},
})
