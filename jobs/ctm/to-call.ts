import type { RecordOf } from '../../src/job/columns'
import { dayOf } from '../../src/lib/local-days'
import type { callColumns } from './columns'
import { callerNumber, postalArea } from './caller'
import * as read from '../../src/lib/read-fields'

export type CallRecord = RecordOf<typeof callColumns>

export interface CallMapperOptions {
  /** The vendor's id of the account that was asked for. */
  readonly externalId: string
  readonly timezone: string
  readonly pseudonym: (value: string) => string
}

/** Status words that have been seen or may be expected. The vendor publishes no list. */
const knownOutcomes = new Set([
  'answered',
  'no-answer',
  'failed',
  'canceled',
  'busy',
  'completed',
  'in-progress',
  'ringing',
  'queued',
  'voicemail',
  'hangup',
])

/**
 * A call as it is stored, from one as it came. Names field by field what is kept, so nothing new from the vendor slips in.
 * Never throws: a value that cannot be right is handed on, and the engine sets the record aside with the reason.
 */
export function toCall(raw: unknown, options: CallMapperOptions): CallRecord {
  const call = read.fieldsOf(raw)
  const calledAt = read.unixInstant(call['unix_time'])
  const duration = read.wholeSeconds(call['duration'])
  const agent = read.fieldsOf(call['agent'])
  const mapped = {
    call_id: read.id(call['id']),
    external_account_id: externalAccountId(call['account_id'], options.externalId),
    sid: read.text(call['sid']),
    parent_id: read.id(call['parent_id']),

    called_at: calledAt ?? null,
    call_day: calledAt ? dayOf(calledAt, options.timezone) : null,

    activity_type: activityType(call['direction']),
    direction: read.text(call['direction']),
    answered: isAnswered(call),
    outcome: outcomeOf(call),
    dial_status: read.text(call['dial_status']),
    call_status: read.text(call['call_status']),
    status: read.text(call['status']),

    duration,
    talk_time: read.wholeSeconds(call['talk_time']),
    ring_time: read.wholeSeconds(call['ring_time']),
    hold_time: read.wholeSeconds(call['hold_time']),
    wait_time: waitTime(call['wait_time'], duration),

    is_new_caller: read.flag(call['is_new_caller']),
    excluded: read.flag(call['excluded']),
    redacted: read.flag(call['redacted']) ?? false,
    likelihood: read.text(call['likelihood']),
    tag_list: read.texts(call['tag_list']),
    billed_amount: read.decimal(call['billed_amount']),
    ...saleOf(read.fieldsOf(call['sale'])),
    agent_id: read.text(agent['id']),

    ...attributionOf(call),

    tracking_number: read.text(call['tracking_number']),
    tracking_number_id: read.text(call['tracking_number_id']),
    tracking_number_sid: read.text(call['tracking_number_sid']),
    tracking_label: read.text(call['tracking_label']),
    business_label: read.text(call['business_label']),
    receiving_number_id: read.text(call['receiving_number_id']),

    ...callerOf(call, options.pseudonym),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as CallRecord
}

/** A call of another account would be another dealership's: it has no id that fits, so the engine sets it aside. */
function externalAccountId(given: unknown, asked: string): unknown {
  const id = read.id(given) ?? asked
  return id === asked ? id : null
}

function activityType(direction: unknown): string {
  const word = typeof direction === 'string' ? direction.toLowerCase() : ''
  if (word.includes('form')) return 'form'
  if (word.includes('chat')) return 'chat'
  if (/msg|sms|text/.test(word)) return 'text'
  return word.includes('inbound') || word.includes('outbound') ? 'call' : 'unknown'
}

const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().toLowerCase() : undefined

function isAnswered(call: read.Fields): boolean {
  if (wordOf(call['dial_status']) === 'answered' || wordOf(call['status']) === 'answered') return true
  return (read.numberOf(call['talk_time']) ?? 0) > 0
}

function outcomeOf(call: read.Fields): string | null {
  const word = wordOf(call['dial_status']) ?? wordOf(call['status']) ?? wordOf(call['call_status'])
  if (word === undefined) return null
  return knownOutcomes.has(word) ? word : 'unknown'
}

/** Some answers count the wait in milliseconds: it cannot be ten times as long as the call it is part of. */
function waitTime(value: unknown, duration: unknown): unknown {
  const wait = read.wholeSeconds(value)
  if (typeof wait !== 'number' || typeof duration !== 'number') return wait
  // Below a thousand it would be no second at all, and a missed call may well wait longer than it lasts.
  return wait > duration * 10 && wait >= 1000 ? Math.round(wait / 1000) : wait
}

function saleOf(sale: read.Fields): Record<string, unknown> {
  const day = sale['sale_date']
  return {
    sale_score: read.decimal(sale['score']),
    sale_conversion: read.flag(sale['conversion']),
    sale_value: read.decimal(sale['value']),
    // The vendor promises no format; one that is no ISO date is no reason to refuse the call.
    sale_date: typeof day === 'string' ? (/^\d{4}-\d{2}-\d{2}(?!\d)/.exec(day)?.[0] ?? null) : null,
  }
}

function attributionOf(call: read.Fields): Record<string, unknown> {
  const ga = read.fieldsOf(call['ga'])
  const isRedacted = read.flag(call['redacted']) === true
  // What follows one person about the web is as personal as the number.
  const personal = <T>(value: T): T | null => (isRedacted ? null : value)
  return {
    source: read.text(call['source']),
    source_id: read.text(call['source_id']),
    source_sid: read.text(call['source_sid']),
    web_source: read.text(call['web_source']),
    medium: read.text(call['medium']),
    campaign: read.text(call['campaign']),
    campaign_id: read.text(call['campaign_id']),
    ad_group_id: read.text(call['ad_group_id'] ?? call['adgroup_id']),
    creative_id: read.text(call['creative_id']),
    keyword: read.text(call['keyword']),
    keyword_id: read.text(call['keyword_id']),
    ad_match_type: read.text(call['ad_match_type']),
    ad_network: read.text(call['ad_network']),
    ad_slot: read.text(call['ad_slot']),
    ad_format: read.text(call['ad_format']),
    gclid: personal(read.text(ga['gclid'])),
    gclsrc: personal(read.text(ga['gclsrc'])),
    gwbraid: personal(read.text(ga['gwbraid'])),
    ga_cid: personal(read.text(ga['cid'])),
    visitor_sid: personal(read.text(call['visitor_sid'])),
    referrer: personal(read.pageAddress(call['referrer'])),
    location: personal(read.pageAddress(call['location'])),
    last_location: personal(read.pageAddress(call['last_location'])),
  }
}

function callerOf(call: read.Fields, pseudonym: (value: string) => string): Record<string, unknown> {
  if (read.flag(call['redacted']) === true) {
    return {
      caller_hash: null,
      city: null,
      state: null,
      postal_area: null,
      country: read.text(call['country']),
    }
  }
  const number = callerNumber(call)
  return {
    caller_hash: number === undefined ? null : pseudonym(number),
    city: read.text(call['city']),
    state: read.text(call['state']),
    postal_area: postalArea(call['postal_code']),
    country: read.text(call['country']),
  }
}
