import { z } from 'zod'
import { days, hours, minutes, seconds } from '../../src/lib/durations'

/** A simulated ad account. Its objects and figures are computed from it. */
export const MetaAccountSpec = z.strictObject({
  id: z.int().min(1),
  name: z.string().min(1),
  /** Its days begin and end in this zone. */
  timezone: z.string().min(1),
  currency: z.string().length(3).default('USD'),
  /** 1 is active. */
  status: z.int().default(1),
  campaigns: z.int().min(0).default(3),
  /** Ads at the epoch; deleted ones among them. */
  ads: z.int().min(0).default(5),
  /** Milliseconds from one new ad to the next, from the epoch on; 0 for none. */
  newAdEvery: z.int().min(0).default(hours(6)),
  /** Milliseconds before the epoch when the first ad began. */
  history: z.int().min(0).default(days(55)),
  /** Figures change at multiples of so many milliseconds. */
  changesEvery: z.int().min(1).default(minutes(1)),
  /** More rows to a page are "too much data". */
  largestPage: z.int().min(1).default(1000),
  /** More days in one call are "too much data"; with 0 only reports are made. */
  longestCall: z.int().min(0).default(1000),
  /** A report over more days fails. */
  longestReport: z.int().min(1).default(1000),
  /** Milliseconds that a report takes. */
  reportTakes: z.int().min(0).default(seconds(8)),
  /** Milliseconds for which an ad stays paused, in review or the like. */
  statesLast: z.int().min(1).default(hours(1)),
  /** Milliseconds after which an ad gets another creative. */
  creativesLast: z.int().min(1).default(days(9)),
})
export type MetaAccountSpec = z.output<typeof MetaAccountSpec>

/** A system user's token, the app it was made for, and the ad accounts that the user was given. */
export const MetaTokenSpec = z.strictObject({
  access_token: z.string().min(1),
  app_id: z.string().regex(/^\d+$/),
  app_secret: z.string().min(1),
  /** The app refuses calls without proof of its secret. */
  wants_proof: z.boolean().default(false),
  accounts: z.union([z.literal('all'), z.array(z.int())]).default('all'),
})
export type MetaTokenSpec = z.output<typeof MetaTokenSpec>
