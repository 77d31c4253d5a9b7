import { z } from 'zod'
import type { Columns } from '../../src/job/columns'
import { defineJob } from '../../src/job/define-job'
import { upsertStream, type UpsertStream } from '../../src/job/streams'
import { baseUrlOf, isPrivateEnough } from '../../src/lib/base-url'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { objects } from './objects'

const app = {
  /** Consumer key of the app. */
  client_id: z.string().min(1),
  /** The org's My Domain. A token answer that names another one is a configuration error. */
  instance_url: z.string().refine(
    (text) => {
      const url = baseUrlOf(text)
      return url !== undefined && isPrivateEnough(url) && !url.hostname.endsWith('.lightning.force.com')
    },
    { error: 'expected the https:// URL of the org’s My Domain' },
  ),
}

const fieldName = z
  .string()
  .regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/, { error: 'expected the API name of a field, e.g. Dealer_Id__c' })
// The vendor takes no request line above 16 KB, which 150 of the longest names fill by half; and no field twice.
const customFields = z
  .array(
    z
      .string()
      .regex(/^[A-Za-z]\w{0,39}__c$/, { error: 'expected the API name of a custom field, ending in __c' }),
  )
  .max(150)
  .refine((names) => new Set(names.map((name) => name.toLowerCase())).size === names.length, {
    error: 'expected every field once',
  })

/** How far an object is read. It moves only when every page of a slice is written. */
export const RowsCursor = z.strictObject({
  /** All that changed before this instant is written, by the vendor's clock. */
  through: z.iso.datetime(),
  /** When everything was read last, whether it had changed or not; null until the first load is complete. */
  swept: z.iso.datetime().nullable(),
  /** How far the sweep that is under way has come; null while there is none. */
  sweeping: z.iso.datetime().nullable(),
})
export type RowsCursor = z.output<typeof RowsCursor>

/** Where inside a slice to go on. */
export const RowsPosition = z.strictObject({
  /** The slice: the first instant, and the first one beyond. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Rows up to this one are written. The vendor's own paging is good for this query only, so it is not kept. */
  after: z.strictObject({ stamp: z.iso.datetime(), id: z.string().regex(/^[A-Za-z0-9]{18}$/) }).nullable(),
  isSweep: z.boolean(),
})
export type RowsPosition = z.output<typeof RowsPosition>

/** A stream of rows by the instant of their last change. */
const rows = <C extends Columns>(
  table: string,
  columns: C,
  key: keyof C & string,
  personal?: UpsertStream<C>['personal'],
): UpsertStream<C, RowsCursor, RowsPosition> =>
  upsertStream({
    table,
    key: [key],
    columns,
    // The account's `lookback_seconds` says it more exactly.
    overlap: minutes(10),
    dated: 'system_modstamp',
    cursor: RowsCursor,
    position: RowsPosition,
    ...(personal ? { personal } : {}),
  })

/** CRM of the dealership. One org may serve many accounts, told apart by `client_field`. */
export const salesforce = defineJob({
  id: 'salesforce',
  title: 'Salesforce',
  summary: 'Accounts, leads, opportunities, campaigns and their members from the dealership’s CRM',
  version: 1,
  // Five queries and one request that is free per account: hourly, a few hundred accounts stay within half of an org's daily pool of calls.
  schedule: { cron: '10 * * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(2) },
  startWithin: minutes(50),
  deadline: minutes(30),
  freshness: hours(4),
  retry: { attempts: 5, delay: seconds(5), cap: minutes(10) },
  // An org answers 25 long calls at once, and only 5 in a trial.
  concurrency: 4,
  secrets: z.discriminatedUnion('flow', [
    z.strictObject({
      flow: z.literal('jwt'),
      ...app,
      private_key: z.string().includes('PRIVATE KEY-----', { error: 'expected a private key in PEM' }),
      username: z.string().min(1),
    }),
    z.strictObject({ flow: z.literal('client_credentials'), ...app, client_secret: z.string().min(1) }),
  ]),
  settings: z
    .strictObject({
      /** With `client_value`, which rows of the org are this dealership's; both absent: all of them. */
      client_field: fieldName.optional(),
      client_value: z.string().min(1).optional(),
      custom_fields: z
        .strictObject({
          Account: customFields,
          Lead: customFields,
          Opportunity: customFields,
          Campaign: customFields,
          CampaignMember: customFields,
        })
        .partial()
        .default({}),
      /** How much of the org's daily pool may be used, by whomever, before we stop; other integrations live on it too. */
      api_budget_share: z.number().gt(0).max(1).default(0.5),
      /** How far behind the cursor a sync reads again, for rows that were committed late. */
      lookback_seconds: z.int().min(10).max(86_400).default(600),
    })
    .refine(
      ({ client_field, client_value }) => (client_field === undefined) === (client_value === undefined),
      {
        error: 'expected client_field and client_value together, or neither',
      },
    ),
  streams: {
    accounts: rows('salesforce_accounts', objects.accounts.columns, 'external_account_id', {
      subject: 'external_account_id',
      columns: ['phone_hash'],
    }),
    leads: rows('salesforce_leads', objects.leads.columns, 'lead_id', {
      subject: 'lead_id',
      columns: ['company', 'email_hash', 'phone_hash', 'city', 'state', 'postal_code', 'custom'],
    }),
    opportunities: rows('salesforce_opportunities', objects.opportunities.columns, 'opportunity_id'),
    campaigns: rows('salesforce_campaigns', objects.campaigns.columns, 'campaign_id'),
    campaign_members: rows(
      'salesforce_campaign_members',
      objects.campaign_members.columns,
      'campaign_member_id',
      { subject: 'lead_id', columns: ['company_or_account'] },
    ),
  },
  // One query per object; more where an object has more than two thousand rows that changed within the days.
  backfill: { chunkDays: 30, callsPerChunk: 5 },
})
