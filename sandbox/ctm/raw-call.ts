import { oneOf } from '../random'
import type { CtmAccountSpec } from './account-spec'
import type { Moment, Timeline } from './timeline'

/** A call as the vendor answers it. */
export type RawCall = Record<string, unknown>

const sources = ['Google Ads', 'Facebook', 'Website', 'Google Business Profile', 'Direct mail'] as const
const tags = ['sales', 'service', 'parts', 'hot lead', 'appointment set'] as const
type Place = readonly [city: string, state: string, postalCode: string]
const places: readonly [Place, ...Place[]] = [
  ['Springfield', 'OH', '45501'],
  ['Riverside', 'CA', '92501-1234'],
  ['Franklin', 'TN', '37064'],
  ['Kingston', 'ON', 'K7L 1A1'],
]

/** What a call looks like at `now`: still going on, then over, later tagged, sold or redacted. */
export function rawCallOf(spec: CtmAccountSpec, timeline: Timeline, moment: Moment, now: number): RawCall {
  const { index, at } = moment
  const chance = (purpose: string): number => timeline.chance(index, purpose)
  const has = (edit: string, share: number): boolean =>
    chance(edit) < share && now >= at + chance(`${edit} at`) * spec.editedWithin
  return {
    ...identityOf(spec, moment),
    ...outcomeOf(chance, at, now),
    ...attributionOf(chance),
    ...callerOf(chance),
    tag_list: [oneOf(tags, chance('tag')), ...(has('tagged later', 0.15) ? ['follow up'] : [])],
    ...(has('sold', 0.06) ? { sale: saleOf(chance) } : {}),
    redacted: has('redacted', 0.01),
    indexed_at: Math.max(at, Math.min(now, at + spec.editedWithin)) / 1000,
  }
}

type Purpose = (purpose: string) => number

function identityOf(spec: CtmAccountSpec, { index, id, at }: Moment): RawCall {
  return {
    id,
    sid: `CA${id.toString(16)}`,
    account_id: spec.id,
    unix_time: at / 1000,
    called_at: localText(spec, at),
    excluded: index % 50 === 0,
    tracking_number: `+1555555${String(index % 20).padStart(4, '0')}`,
    tracking_number_sid: `TPN${spec.id}-${index % 20}`,
    tracking_label: index % 20 === 0 ? 'Service main' : 'Sales main',
    business_number: '+15555559000',
    business_label: spec.name,
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The account's own time; accounts of different age write it differently. */
function localText({ id, timezone }: CtmAccountSpec, at: number): string {
  const locale = id % 2 === 0 ? 'sv-SE' : 'en-US'
  const name = `${locale} ${timezone}`
  // Made once: it costs a hundred times what it formats.
  const format =
    formats.get(name) ??
    new Intl.DateTimeFormat(locale, { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(name, format)
  return format.format(at)
}

function outcomeOf(chance: Purpose, at: number, now: number): RawCall {
  const direction = directionOf(chance('direction'))
  if (direction !== 'inbound' && direction !== 'outbound') {
    return {
      direction,
      status: 'completed',
      duration: 0,
      talk_time: 0,
      ring_time: 0,
      hold_time: 0,
      wait_time: 0,
    }
  }
  const ring = 2 + Math.floor(chance('ring') * 30)
  const talk = chance('answered') < 0.78 ? 5 + Math.floor(chance('talk') ** 3 * 1200) : 0
  const duration = ring + talk
  if (now < at + duration * 1000) {
    return { direction, status: 'in-progress', call_status: 'in-progress', duration: null, talk_time: null }
  }
  const dial = talk > 0 ? 'answered' : oneOf(['no-answer', 'busy', 'canceled', 'failed'], chance('missed'))
  return {
    direction,
    dial_status: dial,
    call_status: 'completed',
    status: dial,
    duration,
    talk_time: talk,
    ring_time: ring,
    hold_time: 0,
    // Now and then in milliseconds, as seen in the wild.
    wait_time: chance('wait unit') < 0.01 ? ring * 1000 + duration * 10_000 : ring,
    is_new_caller: chance('new caller') < 0.6,
    billed_amount: Math.round(duration * 0.9) / 1000,
  }
}

function directionOf(chance: number): string {
  if (chance < 0.8) return 'inbound'
  if (chance < 0.89) return 'outbound'
  if (chance < 0.94) return 'msg_inbound'
  if (chance < 0.96) return 'msg_outbound'
  return chance < 0.98 ? 'form' : 'chat'
}

function attributionOf(chance: Purpose): RawCall {
  const source = oneOf(sources, chance('source'))
  const gclid = `EXAMPLE${Math.floor(chance('gclid') * 1e9).toString(36)}`
  return {
    source,
    source_id: sources.indexOf(source) + 880,
    medium: source === 'Google Ads' ? 'cpc' : 'referral',
    ...(source === 'Google Ads'
      ? {
          campaign: 'Spring Trucks',
          campaign_id: '1789',
          ad_group_id: '55',
          keyword: 'truck lease',
          ga: { gclid },
        }
      : {}),
    location: 'https://dealer.example.test/trucks?visitor=SAMPLE-QUERY&email=visitor%40example.test#top',
  }
}

/** Everything here that names a person must never leave the sync. */
function callerOf(chance: Purpose): RawCall {
  const bare = `555555${String(Math.floor(chance('caller') * 3000)).padStart(4, '0')}`
  const [city, state, postal_code] = oneOf(places, chance('place'))
  return {
    caller_number: `+1${bare}`,
    caller_number_bare: bare,
    name: 'SAMPLE PERSON',
    cnam: 'SAMPLE PERSON',
    email: 'person@example.test',
    street: '1 SAMPLE STREET',
    visitor_ip: '192.0.2.17',
    latitude: 39.92,
    longitude: -83.81,
    transcription_text: 'SAMPLE TRANSCRIPT',
    summary: 'SAMPLE SUMMARY',
    notes: 'SAMPLE NOTES',
    audio: 'https://recordings.example.test/SAMPLE-RECORDING',
    custom_fields: { birthday: 'SAMPLE BIRTHDAY' },
    agent: { id: `USR${Math.floor(chance('agent') * 9)}`, name: 'SAMPLE AGENT', email: 'agent@example.test' },
    city,
    state,
    postal_code,
    country: state === 'ON' ? 'CA' : 'US',
  }
}

const saleOf = (chance: Purpose): RawCall => ({
  score: 1 + Math.floor(chance('score') * 5),
  conversion: true,
  value: Math.round(chance('value') * 5_000_000) / 100,
  service_rep_name: 'SAMPLE AGENT',
  notes: 'SAMPLE NOTES',
})
