import fc from 'fast-check'
import { ctm } from '../../jobs/ctm/definition'
import { toCall } from '../../jobs/ctm/to-call'

const options = {
  externalId: '40771',
  timezone: 'America/New_York',
  pseudonym: (value: string) => `#${value}`,
}
const call = {
  id: 2910044871,
  account_id: 40771,
  unix_time: 1772633520,
  direction: 'inbound',
  duration: 184,
  talk_time: 151,
  dial_status: 'answered',
}
const mapped = (fields: Record<string, unknown> = {}): Record<string, unknown> =>
  toCall({ ...call, ...fields }, options)

/** Columns whose value the engine would refuse. */
const faultsOf = (record: Record<string, unknown>): string[] =>
  Object.entries(ctm.streams.calls.columns)
    .filter(([name, column]) => !column.value.safeParse(record[name]).success)
    .map(([name]) => name)

describe('toCall', () => {
  test('maps a plain call onto every column', () => {
    const record = mapped()
    expect(Object.keys(record).toSorted()).toEqual(Object.keys(ctm.streams.calls.columns).toSorted())
    expect(faultsOf(record)).toEqual([])
    expect(record).toMatchObject({
      call_id: '2910044871',
      called_at: new Date('2026-03-04T14:12:00Z'),
      call_day: '2026-03-04',
      activity_type: 'call',
      answered: true,
      outcome: 'answered',
    })
  })

  test.each([
    ['inbound', 'call'],
    ['outbound', 'call'],
    ['msg_inbound', 'text'],
    ['msg_outbound', 'text'],
    ['form', 'form'],
    ['form_inbound', 'form'],
    ['chat_inbound', 'chat'],
    ['telepathy', 'unknown'],
    [null, 'unknown'],
  ])('takes direction %s for a %s', (direction, activity_type) => {
    expect(mapped({ direction })).toMatchObject({ activity_type, direction })
  })

  test.each([
    [{ dial_status: 'answered', talk_time: 0 }, true],
    [{ dial_status: 'no-answer', status: 'answered', talk_time: 0 }, true],
    [{ dial_status: 'no-answer', talk_time: 3 }, true],
    [{ dial_status: 'no-answer', talk_time: 0 }, false],
    [{ dial_status: null, talk_time: null }, false],
  ])('knows from %j whether it was answered', (fields, answered) => {
    expect(mapped(fields)).toMatchObject({ answered })
  })

  test('keeps a status word as it is, and calls it unknown where it is', () => {
    expect(mapped({ dial_status: 'abducted' })).toMatchObject({ outcome: 'unknown', dial_status: 'abducted' })
    expect(mapped({ dial_status: null })).toMatchObject({ outcome: null })
    expect(mapped({ dial_status: 'No-Answer' })).toMatchObject({ outcome: 'no-answer' })
  })

  test.each([
    [33, 184, 33],
    [33_000, 184, 33],
    [1840, 184, 1840],
    [45, 0, 45],
    [45_000, 0, 45],
    [9000, null, 9000],
    [null, 184, null],
  ])('reads a wait of %s in a call of %s seconds as %s', (wait_time, duration, expected) => {
    expect(mapped({ wait_time, duration })).toMatchObject({ wait_time: expected })
  })

  test('keeps a call that is still going on', () => {
    const record = mapped({ duration: null, talk_time: null, dial_status: null, status: 'in-progress' })
    expect(faultsOf(record)).toEqual([])
    expect(record).toMatchObject({ duration: null, answered: false, outcome: 'in-progress' })
  })

  test('keeps money and ids as text, digit by digit', () => {
    const record = mapped({
      billed_amount: 0.045,
      sale: { value: '21500.10', score: 4 },
      campaign_id: 1789,
      parent_id: '7',
    })
    expect(record).toMatchObject({
      billed_amount: '0.045',
      sale_value: '21500.10',
      sale_score: '4',
      campaign_id: '1789',
      parent_id: '7',
    })
  })

  test.each([
    ['+15555550177', undefined, '#+15555550177'],
    ['+1 (555) 555-0177', undefined, '#+15555550177'],
    ['(555) 555-0177', 'US', '#+15555550177'],
    ['15555550177', 'CA', '#+15555550177'],
    ['+442071838750', 'GB', '#+442071838750'],
    ['020 7183 8750', 'GB', null],
    ['Anonymous', undefined, null],
    ['', undefined, null],
    [null, undefined, null],
    ['+0', undefined, null],
    ['person@example.test', undefined, null],
  ])('hashes the caller %s of %s as %s', (caller_number, country, caller_hash) => {
    expect(mapped({ caller_number, country })).toMatchObject({ caller_hash })
  })

  test('falls back to the bare number', () => {
    expect(mapped({ caller_number_bare: '5555550177' })).toMatchObject({ caller_hash: '#+15555550177' })
  })

  test.each([
    ['45501', '455'],
    ['45501-1234', '455'],
    [2134, '021'],
    ['k7l 1a1', 'K7L'],
    ['9', null],
    [null, null],
  ])('keeps of the postal code %s only %s', (postal_code, postal_area) => {
    expect(mapped({ postal_code })).toMatchObject({ postal_area })
  })

  test('cuts from page addresses what may name a person', () => {
    expect(
      mapped({
        location: 'https://user:pw@dealer.test/trucks/?email=a%40b.test#top',
        referrer: 'https://shop.test/u/a@b.test/5555550177x/cart',
        last_location: 'javascript:alert(1)',
      }),
    ).toMatchObject({
      location: 'https://dealer.test/trucks/',
      referrer: 'https://shop.test/u/…/…/cart',
      last_location: null,
    })
  })

  test.each([
    ['call_id', { id: null }],
    ['call_id', { id: 'x' }],
    ['external_account_id', { account_id: 40772 }],
    ['called_at', { unix_time: null }],
    ['called_at', { unix_time: 1772633520000 }],
    ['duration', { duration: 'long' }],
    ['tag_list', { tag_list: 'sales' }],
    ['source', { source: { name: 'x' } }],
  ])('hands on a wrong %s, for the engine to set the call aside', (column, fields) => {
    expect(faultsOf(mapped(fields))).toContain(column)
  })

  test.each([null, undefined, 7, 'call', [], [[]]])('takes %j for a call without anything', (raw) => {
    expect(faultsOf(toCall(raw, options))).toContain('call_id')
  })

  test('never throws, whatever the vendor sends', () => {
    const fields = Object.keys({
      ...call,
      ga: 1,
      sale: 1,
      agent: 1,
      tag_list: 1,
      postal_code: 1,
      caller_number: 1,
      location: 1,
    })
    const anything = fc.record(Object.fromEntries(fields.map((name) => [name, fc.anything()])))
    fc.assert(fc.property(anything, (raw) => typeof toCall(raw, options) === 'object'))
    expect(fields).toContain('id')
  })
})
