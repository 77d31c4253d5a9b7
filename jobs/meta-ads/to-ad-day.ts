import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { adDayColumns } from './columns'

export type AdDayRecord = RecordOf<typeof adDayColumns>

/**
 * An ad's day as it is stored, from a row as it came. Names field by field what is kept. Never throws: a value that cannot
 * be right is handed on, and the engine sets the record aside with the reason.
 */
export function toAdDay(raw: unknown, asked: { readonly externalId: string }): AdDayRecord {
  const row = read.fieldsOf(raw)
  const { actions } = row
  const mapped = {
    ad_id: read.id(row['ad_id']),
    date_start: dayOf(row),
    external_account_id: externalAccountId(row['account_id'], asked.externalId),
    account_name: read.text(row['account_name']),
    account_currency: read.text(row['account_currency']),

    campaign_id: read.id(row['campaign_id']),
    campaign_name: read.text(row['campaign_name']),
    adset_id: read.id(row['adset_id']),
    adset_name: read.text(row['adset_name']),
    ad_name: read.text(row['ad_name']),
    objective: read.text(row['objective']),

    impressions: read.decimal(row['impressions']),
    reach: read.decimal(row['reach']),
    frequency: read.decimal(row['frequency']),
    clicks: read.decimal(row['clicks']),
    inline_link_clicks: read.decimal(row['inline_link_clicks']),

    spend: read.decimal(row['spend']),
    cpc: read.decimal(row['cpc']),
    cpm: read.decimal(row['cpm']),
    ctr: read.decimal(row['ctr']),

    leads: countOf(actions, 'lead'),
    landing_page_views: countOf(actions, 'landing_page_view'),
    link_clicks: countOf(actions, 'link_click'),
    messaging_conversations: countOf(actions, 'onsite_conversion.messaging_conversation_started_7d'),

    actions: inOrder(actions),
    action_values: inOrder(row['action_values']),
    cost_per_action_type: inOrder(row['cost_per_action_type']),
    conversions: inOrder(row['conversions']),
    outbound_clicks: inOrder(row['outbound_clicks']),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as AdDayRecord
}

/** The one day that the row is about. A row of several days would count as one of them: it has no day that fits. */
function dayOf({ date_start, date_stop }: read.Fields): unknown {
  return date_stop === undefined || date_stop === date_start ? date_start : null
}

/** A row of another account would be another dealership's: it has no id that fits, so the engine sets it aside. */
function externalAccountId(given: unknown, asked: string): unknown {
  const id = read.id(given) ?? asked
  return id === asked ? id : null
}

/** The count of one type, null where the list has none of it. What is no list is handed on. */
function countOf(list: unknown, type: string): unknown {
  if (!Array.isArray(list)) return list ?? null
  const entry = list.map(read.fieldsOf).find(({ action_type }) => action_type === type)
  return read.decimal(entry?.['value'])
}

/** The whole list, by type: the vendor's order changes from answer to answer, and is no change of the row. */
function inOrder(list: unknown): unknown {
  if (!Array.isArray(list)) return list ?? null
  return list.toSorted((a, b) => (typeOf(a) < typeOf(b) ? -1 : Number(typeOf(a) > typeOf(b))))
}

const typeOf = (entry: unknown): string => String(read.fieldsOf(entry)['action_type'])
