import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { upsertStream } from '../../src/job/streams'
import { hours, minutes, seconds } from '../../src/lib/durations'
import {
  appointmentColumns,
  customerColumns,
  personalNames,
  repairOrderColumns,
  saleColumns,
} from './columns'
import { CdkCursor, CdkPosition } from './progress'

const departments = z.array(z.string().min(1)).default([])

// What lies this far behind is asked for again: changes may reach the vendor's extracts late.
const progress = { overlap: hours(6), cursor: CdkCursor, position: CdkPosition }

/** CDK Drive through Fortellis. An account is a dealership's subscription to our app. */
export const cdk = defineJob({
  id: 'cdk',
  title: 'CDK',
  summary: 'Sales, repair orders, service appointments and customers from CDK Drive',
  version: 1,
  // Changes can be asked for up to 48 hours back; every four hours leaves room for a long outage.
  schedule: { cron: '20 */4 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(10) },
  startWithin: hours(3),
  // Of one attempt. Waiting for an extract holds no attempt.
  deadline: minutes(30),
  freshness: hours(10),
  retry: { attempts: 5, delay: seconds(30), cap: minutes(10) },
  // Two in flight per subscription, ten requests a second for the whole app.
  concurrency: 4,
  externalId: z.uuid({ error: 'expected the dealership’s subscription id, a UUID' }),
  secrets: z.strictObject({
    api_key: z.string().min(1),
    api_secret: z.string().min(1),
    /** True where `FORTELLIS_API_URL` is the address of the vendor's test data. */
    test_data: z.boolean().default(false),
  }),
  settings: z.strictObject({
    /** Department ids by the kind of data they hold; a dealership may have several of each. */
    departments: z
      .strictObject({ finance: departments, service: departments })
      .refine(({ finance, service }) => finance.length + service.length > 0, {
        error: 'expected at least one department, of finance or service',
      }),
    /** How far back the first load of sales and repair orders goes. */
    first_load_months: z.int().min(1).max(120).default(13),
  }),
  streams: {
    sales: upsertStream({
      table: 'cdk_sales',
      key: ['department_id', 'sale_id'],
      columns: saleColumns,
      dated: 'filed_date',
      personal: { subject: 'buyer_customer_id', columns: personalNames },
      ...progress,
    }),
    repair_orders: upsertStream({
      table: 'cdk_repair_orders',
      key: ['department_id', 'ro_number'],
      columns: repairOrderColumns,
      dated: 'filed_date',
      personal: { subject: 'customer_id', columns: personalNames },
      ...progress,
    }),
    appointments: upsertStream({
      table: 'cdk_appointments',
      key: ['department_id', 'appointment_id'],
      columns: appointmentColumns,
      personal: { subject: 'customer_id', columns: personalNames },
      ...progress,
    }),
    customers: upsertStream({
      table: 'cdk_customers',
      key: ['department_id', 'customer_id'],
      columns: customerColumns,
      personal: { subject: 'customer_id', columns: personalNames },
      ...progress,
    }),
  },
  // A request for history reaches over six months at most; what is recent takes two requests for each department.
  backfill: { chunkDays: 90, callsPerChunk: 12 },
})
