import { z } from 'zod'
import { days, minutes } from '../../src/lib/durations'

const count = z.int().min(0).default(0)
const perObject = z
  .strictObject({ Account: count, Campaign: count, Lead: count, Opportunity: count, CampaignMember: count })
  .prefault({})

/** The rows of one dealership in an org. They are made from it by index. */
export const BookSpec = z.strictObject({
  /** As truth is asked for: the account's `external_id`. */
  externalId: z.string().min(1),
  /** What stands in the field `Dealer_Id__c` of its rows. */
  dealerId: z.string().min(1),
  /** Rows spread over `span` before the epoch. */
  history: perObject,
  /** Milliseconds from one new row to the next, from the epoch on; 0 for none. */
  every: perObject,
  span: z.int().min(1).default(days(100)),
  /** Some changes appear this many milliseconds late at most, with the stamp of when they began. */
  lateWithin: z.int().min(0).default(minutes(2)),
  /** Some new rows change, and a few are deleted or merged, until so many milliseconds after they began. */
  changedWithin: z.int().min(0).default(minutes(3)),
})
export type BookSpec = z.output<typeof BookSpec>

/** An app of an org, and who it speaks for. */
export const AppSpec = z.discriminatedUnion('flow', [
  z.strictObject({
    flow: z.literal('client_credentials'),
    client_id: z.string().min(1),
    client_secret: z.string().min(1),
  }),
  z.strictObject({
    flow: z.literal('jwt'),
    client_id: z.string().min(1),
    username: z.string().min(1),
    /** In PEM. */
    public_key: z.string().min(1),
  }),
])
export type AppSpec = z.output<typeof AppSpec>

export const OrgSpec = z.strictObject({
  /** Four characters that stand in every id of the org. */
  place: z.string().regex(/^[A-Za-z0-9]{4}$/),
  name: z.string().min(1),
  timezone: z.string().min(1),
  apps: z.array(AppSpec).min(1),
  books: z.array(BookSpec),
  /** Requests a day that all integrations of the org may make together. */
  pool: z.int().min(1).default(100_000),
  /** Of these, what others have used when the sandbox starts. */
  used: z.int().min(0).default(120),
  /** Rows of a page, whatever is asked for. */
  pageSize: z.int().min(1).max(2000).default(2000),
})
export type OrgSpec = z.output<typeof OrgSpec>
