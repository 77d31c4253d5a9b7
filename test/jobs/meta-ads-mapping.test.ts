import { adDayColumns } from '../../jobs/meta-ads/columns'
import { toAdDay } from '../../jobs/meta-ads/to-ad-day'

const row = {
  account_id: '300400500',
  account_currency: 'USD',
  campaign_id: '120001',
  adset_id: '120002',
  ad_id: '120003',
  ad_name: 'SUV video 15s',
  impressions: '2210',
  clicks: '48',
  inline_link_clicks: '31',
  spend: '27.94',
  reach: '1980',
  ctr: '2.171946',
  actions: [
    { action_type: 'lead', value: '3', '7d_click': '3' },
    { action_type: 'landing_page_view', value: '19' },
  ],
  date_start: '2026-03-04',
  date_stop: '2026-03-04',
}

const mapped = (fields: object = {}) => {
  const record = toAdDay({ ...row, ...fields }, { externalId: '300400500' })
  const wrong = Object.entries(adDayColumns)
    .filter(([name, column]) => !column.value.safeParse(record[name as keyof typeof record]).success)
    .map(([name]) => name)
  return { record, wrong }
}

describe('an ad’s day', () => {
  test('is kept digit by digit, and what the vendor left out is nothing', () => {
    const { record, wrong } = mapped()
    expect(wrong).toEqual([])
    expect(record).toMatchObject({
      ad_id: '120003',
      date_start: '2026-03-04',
      external_account_id: '300400500',
      impressions: '2210',
      spend: '27.94',
      ctr: '2.171946',
      leads: '3',
      landing_page_views: '19',
      link_clicks: null,
      messaging_conversations: null,
      cpc: null,
      conversions: null,
    })
  })

  test('counts one type for each meaning, and adds none up', () => {
    const actions = [
      { action_type: 'lead', value: '3' },
      { action_type: 'onsite_conversion.lead_grouped', value: '3' },
      { action_type: 'offsite_conversion.fb_pixel_lead', value: '2' },
      { action_type: 'link_click', value: '31' },
      { action_type: 'onsite_conversion.messaging_conversation_started_7d', value: '4' },
    ]
    expect(mapped({ actions }).record).toMatchObject({
      leads: '3',
      link_clicks: '31',
      messaging_conversations: '4',
    })
  })

  test('keeps lists whole and in one order, whichever they came in', () => {
    const { record } = mapped()
    expect(mapped({ actions: row.actions.toReversed() }).record.actions).toEqual(record.actions)
    expect(record.actions).toContainEqual({ action_type: 'lead', value: '3', '7d_click': '3' })
  })

  test('takes ids that came as numbers, as long as no digit is lost', () => {
    expect(mapped({ ad_id: 120003 }).record.ad_id).toBe('120003')
    expect(mapped({ ad_id: JSON.parse('120210000000000003') }).wrong).toEqual(['ad_id'])
  })

  test.each([
    ['no id of the ad', { ad_id: undefined }, ['ad_id']],
    ['no day', { date_start: undefined, date_stop: undefined }, ['date_start']],
    ['several days in one', { date_stop: '2026-03-05' }, ['date_start']],
    ['an account that was not asked for', { account_id: '300400501' }, ['external_account_id']],
    ['an amount in words', { spend: 'twenty' }, ['spend']],
    ['half an impression', { impressions: '2.5' }, ['impressions']],
    [
      'actions that are no list',
      { actions: 'many' },
      ['leads', 'landing_page_views', 'link_clicks', 'messaging_conversations'],
    ],
    ['a count that is no number', { actions: [{ action_type: 'lead', value: 'x' }] }, ['leads']],
  ])('with %s is set aside', (_, fields, wrong) => {
    expect(mapped(fields).wrong.toSorted()).toEqual(wrong.toSorted())
  })

  test.each([null, 'text', 7, []])('that is %p is set aside and breaks nothing', (raw) => {
    expect(toAdDay(raw, { externalId: '300400500' }).ad_id).toBeNull()
  })
})
