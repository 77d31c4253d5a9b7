import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { baseUrlOf, isPrivateEnough } from '../../src/lib/base-url'
import { hours, minutes, seconds } from '../../src/lib/durations'

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
const customFields = z.array(
  z.string().regex(/^[A-Za-z]\w*__c$/, { error: 'expected the API name of a custom field, ending in __c' }),
)

/** CRM of the dealership. One org may serve many accounts, told apart by `client_field`. */
export const salesforce = defineJob({
  id: 'salesforce',
  title: 'Salesforce',
  summary: 'Accounts, leads, opportunities, campaigns and their members from the dealership’s CRM',
  version: 1,
  sync: 'unwritten',
  // Five queries per account: hourly, a few hundred accounts stay within half of an org's daily pool of calls.
  schedule: { cron: '10 * * * *', timezone: 'America/Chicago', missed: 'run-once' },
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
      /** How much of the org's daily pool we may use; other integrations live on it too. */
      api_budget_share: z.number().gt(0).max(1).default(0.5),
      lookback_seconds: z.int().min(10).max(86_400).default(600),
    })
    .refine(
      ({ client_field, client_value }) => (client_field === undefined) === (client_value === undefined),
      {
        error: 'expected client_field and client_value together, or neither',
      },
    ),
  streams: {},
})
