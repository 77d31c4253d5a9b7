import {
  bigint,
  boolean,
  date,
  instant,
  integer,
  nullable,
  numeric,
  text,
  texts,
} from '../../src/job/columns'

/** A call as it is stored. Of the caller only a keyed hash and the rough place; what the vendor knows besides is never mapped. */
export const callColumns = {
  call_id: bigint(),
  external_account_id: bigint(),
  sid: nullable(text()),
  parent_id: nullable(bigint()),

  /** From `unix_time`; the vendor's `called_at` is local text in changing formats. */
  called_at: instant(),
  /** The day of `called_at` in the account's zone. */
  call_day: date(),

  /** `call`, `text`, `form`, `chat` or `unknown`, by `direction`. */
  activity_type: text(),
  direction: nullable(text()),
  answered: boolean(),
  /** A status word that we know, else `unknown`; null where the vendor gave none. */
  outcome: nullable(text()),
  dial_status: nullable(text()),
  call_status: nullable(text()),
  status: nullable(text()),

  /** Seconds, as the others; null while the call goes on. */
  duration: nullable(integer()),
  talk_time: nullable(integer()),
  ring_time: nullable(integer()),
  hold_time: nullable(integer()),
  wait_time: nullable(integer()),

  is_new_caller: nullable(boolean()),
  excluded: nullable(boolean()),
  redacted: boolean(),
  likelihood: nullable(text()),
  tag_list: texts(),
  billed_amount: nullable(numeric()),
  sale_score: nullable(numeric()),
  sale_conversion: nullable(boolean()),
  sale_value: nullable(numeric()),
  sale_date: nullable(date()),
  agent_id: nullable(text()),

  source: nullable(text()),
  source_id: nullable(text()),
  source_sid: nullable(text()),
  web_source: nullable(text()),
  medium: nullable(text()),
  campaign: nullable(text()),
  campaign_id: nullable(text()),
  ad_group_id: nullable(text()),
  creative_id: nullable(text()),
  keyword: nullable(text()),
  keyword_id: nullable(text()),
  ad_match_type: nullable(text()),
  ad_network: nullable(text()),
  ad_slot: nullable(text()),
  ad_format: nullable(text()),
  gclid: nullable(text()),
  gclsrc: nullable(text()),
  gwbraid: nullable(text()),
  ga_cid: nullable(text()),
  visitor_sid: nullable(text()),
  /** Addresses of pages, without query and fragment. */
  referrer: nullable(text()),
  location: nullable(text()),
  last_location: nullable(text()),

  /** The number that was advertised. It is the agency's own, never a caller's. */
  tracking_number: nullable(text()),
  tracking_number_id: nullable(text()),
  tracking_number_sid: nullable(text()),
  tracking_label: nullable(text()),
  business_label: nullable(text()),
  receiving_number_id: nullable(text()),

  /** HMAC of the caller's E.164 number. */
  caller_hash: nullable(text()),
  city: nullable(text()),
  state: nullable(text()),
  /** The first three characters of the postal code. */
  postal_area: nullable(text()),
  country: nullable(text()),
}
