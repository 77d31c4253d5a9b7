import { googleAds } from '../../jobs/google-ads/definition'
import { toAdDay } from '../../jobs/google-ads/to-ad-day'
import { toCampaignDay } from '../../jobs/google-ads/to-campaign-day'
import { millionths } from '../../src/lib/read-fields'
import { checkRecords } from '../../src/sink/check-records'

const row = {
  customer: { resourceName: 'customers/9990001111', id: '9990001111', currencyCode: 'USD' },
  campaign: { id: '77', name: 'New SUVs', status: 'ENABLED', advertisingChannelType: 'SEARCH' },
  adGroup: { id: '88', name: 'Group', status: 'PAUSED', type: 'SEARCH_STANDARD' },
  adGroupAd: { status: 'ENABLED', ad: { id: '9223372036854775807', name: 'Ad', type: 'CALL_AD' } },
  metrics: {
    impressions: '1543',
    clicks: '61',
    interactions: '62',
    costMicros: '18450000',
    conversions: 2.5,
    conversionsValue: 310.0,
    allConversions: 1e-7,
    viewThroughConversions: '0',
  },
  segments: { date: '2026-03-04' },
}
const checked = (raw: unknown) => checkRecords(googleAds.streams.ad_days, [toAdDay(raw)])

describe('an ad’s day', () => {
  test('is stored with its ids as text and its money exact', () => {
    expect(checked(row).good).toEqual([
      {
        external_account_id: '9990001111',
        currency: 'USD',
        day: '2026-03-04',
        campaign_id: '77',
        campaign_name: 'New SUVs',
        campaign_status: 'ENABLED',
        channel_type: 'SEARCH',
        ad_group_id: '88',
        ad_group_name: 'Group',
        ad_group_status: 'PAUSED',
        ad_group_type: 'SEARCH_STANDARD',
        ad_id: '9223372036854775807',
        ad_name: 'Ad',
        ad_type: 'CALL_AD',
        ad_status: 'ENABLED',
        impressions: '1543',
        clicks: '61',
        interactions: '62',
        cost: '18.45',
        conversions: '2.5',
        conversions_value: '310',
        all_conversions: '0.0000001',
        view_through_conversions: '0',
      },
    ])
  })

  test('has zeros where Google leaves figures out, and nulls where it leaves names out', () => {
    const { metrics: _, ...bare } = row
    const ad = { ...row.adGroupAd, ad: { id: '5' } }
    expect(checked({ ...bare, adGroupAd: ad }).good).toMatchObject([
      { impressions: '0', cost: '0', conversions: '0', ad_name: null, ad_type: null },
    ])
  })

  test.each([
    ['no key', { adGroupAd: { ad: {} } }],
    ['no day', { segments: {} }],
    ['a day that is none', { segments: { date: '2026-02-30' } }],
    ['a cost that is no number', { metrics: { costMicros: 'much' } }],
    ['a cost with a fraction of a millionth', { metrics: { costMicros: '12.5' } }],
    ['half a click', { metrics: { clicks: 0.5 } }],
    ['conversions that are no number', { metrics: { conversions: 'NaN' } }],
  ])('is set aside with %s', (_, change) => {
    const { good, rejected } = checked({ ...row, ...change })
    expect([good.length, rejected.length]).toEqual([0, 1])
  })

  test.each([null, 'text', 7, [], { customer: 'x', metrics: [] }])('is set aside where it is %j', (raw) => {
    expect(checked(raw).rejected).toHaveLength(1)
    expect(checkRecords(googleAds.streams.campaign_days, [toCampaignDay(raw)]).rejected).toHaveLength(1)
  })
})

test.each([
  ['0', '0'],
  ['1', '0.000001'],
  ['-1500000', '-1.5'],
  [18450000, '18.45'],
  ['9223372036854775807', '9223372036854.775807'],
  [undefined, null],
])('%s millionths are %s', (value, units) => {
  expect(millionths(value)).toBe(units)
})
