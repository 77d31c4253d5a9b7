import { instant, nullable, numeric, text } from '../../src/job/columns'

/** A campaign as it is stored, of either platform. Money is in the account's `currency`. */
export const campaignColumns = {
  /** `google` or `meta`. */
  platform: text(),
  external_account_id: text(),
  /** The vendor's, beyond what a float holds exactly. */
  campaign_id: text(),
  /** Names change, and one may belong to several campaigns. */
  name: nullable(text()),

  /** `active`, `paused`, `scheduled`, `ended`, `removed`; `unknown` where the vendor's own words are none that we know. */
  status: text(),
  /** The vendor's two words for it: what was set, and what comes of it. */
  status_raw: nullable(text()),
  channel: nullable(text()),
  channel_sub_type: nullable(text()),
  objective: nullable(text()),
  bid_strategy: nullable(text()),

  /** The average of a day. A shared one stands on every campaign that uses it: add up distinct `budget_ref`s. */
  budget_daily: nullable(numeric()),
  /** For the whole life of the campaign. */
  budget_total: nullable(numeric()),
  /** Whose budget it is: `campaign`, `shared` by several, or those of its `ad_set`s added up. */
  budget_level: nullable(text()),
  /** The vendor's id of the budget, where budgets have one. */
  budget_ref: nullable(text()),
  currency: nullable(text()),

  /** The account's own, in which the vendor tells the dates. */
  time_zone: nullable(text()),
  starts_at: nullable(instant()),
  /** Null: it runs on. */
  ends_at: nullable(instant()),
  vendor_updated_at: nullable(instant()),
}
