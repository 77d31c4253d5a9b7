import { toGoogleCampaign } from '../../jobs/campaign/to-google-campaign'
import { VendorConfigError } from '../../src/job/errors'
import { campaignWorld as setup, checked, expectTruth, judged } from '../support/campaign-world'

describe('campaigns on Google', () => {
  test('takes one query', async () => {
    await using world = await setup()
    await world.drivers.google.run()
    expect(world.asked.map(({ path }) => path)).toEqual([
      '/ads/v25/customers/9990001111/googleAds:searchStream',
    ])
  })

  test('a shared budget stands on every campaign that uses it, under one id', async () => {
    await using world = await setup()
    await world.drivers.google.run()
    const shared = [...world.drivers.google.rows.values()].filter(
      ({ budget_level: level }) => level === 'shared',
    )
    expect(shared).toHaveLength(2)
    expect(
      new Set(shared.map(({ budget_ref: ref, budget_daily: daily }) => `${String(ref)} ${String(daily)}`))
        .size,
    ).toBe(1)
  })

  test('dates are told in the customer’s zone, whatever the account’s is', async () => {
    await using world = await setup({ customer: { timezone: 'Pacific/Honolulu' } })
    await world.drivers.google.run()
    expectTruth(world, 'google')
    const starts = [...world.drivers.google.rows.values()].map(({ starts_at: at }) => at as Date)
    expect(starts.every((at) => at.getUTCHours() === 10)).toBe(true)
  })

  test('check refuses a manager', async () => {
    await using world = await setup()
    await expect(checked(world, 'google', 'google:9990009999')).rejects.toThrow(VendorConfigError)
  })
})

describe('a campaign on Google', () => {
  const customer = { id: '9990001111', currencyCode: 'USD', timeZone: 'America/Chicago' }
  const campaign = {
    id: '77',
    name: 'New SUVs',
    status: 'ENABLED',
    primaryStatus: 'LIMITED',
    advertisingChannelType: 'SEARCH',
    biddingStrategyType: 'MAXIMIZE_CONVERSIONS',
    startDateTime: '2026-01-05 00:00:00',
    campaignBudget: 'customers/9990001111/campaignBudgets/66',
  }
  const campaignBudget = { id: '66', amountMicros: '50000000', explicitlyShared: false, referenceCount: '1' }
  const mapped = ({
    of = {},
    budget = {},
    account = {},
  }: { of?: object; budget?: object | null; account?: object } = {}) =>
    judged(
      toGoogleCampaign(
        {
          customer: { ...customer, ...account },
          campaign: { ...campaign, ...of },
          ...(budget === null ? {} : { campaignBudget: { ...campaignBudget, ...budget } }),
        },
        { id: '9990001111', timezone: 'America/New_York' },
      ),
    )

  test('is kept whole, its budget in units of the currency and its dates as instants', () => {
    expect(mapped()).toEqual({
      record: {
        platform: 'google',
        external_account_id: '9990001111',
        campaign_id: '77',
        name: 'New SUVs',
        status: 'active',
        status_raw: 'ENABLED/LIMITED',
        channel: 'SEARCH',
        channel_sub_type: null,
        objective: null,
        bid_strategy: 'MAXIMIZE_CONVERSIONS',
        budget_daily: '50',
        budget_total: null,
        budget_level: 'campaign',
        budget_ref: '66',
        currency: 'USD',
        time_zone: 'America/Chicago',
        starts_at: new Date('2026-01-05T06:00:00Z'),
        ends_at: null,
        vendor_updated_at: null,
      },
      wrong: [],
    })
  })

  test.each([
    ['ENABLED', 'ELIGIBLE', 'active'],
    ['ENABLED', 'LEARNING', 'active'],
    ['ENABLED', 'MISCONFIGURED', 'active'],
    ['ENABLED', 'ENDED', 'ended'],
    ['ENABLED', 'PENDING', 'scheduled'],
    ['ENABLED', undefined, 'active'],
    ['PAUSED', 'PAUSED', 'paused'],
    ['PAUSED', undefined, 'paused'],
    ['REMOVED', 'REMOVED', 'removed'],
    ['REMOVED', 'ENDED', 'removed'],
    ['UNSPECIFIED', 'UNKNOWN', 'unknown'],
    ['SOMETHING_NEW', undefined, 'unknown'],
  ])('%s and %s are %s', (status, primaryStatus, expected) => {
    const { record, wrong } = mapped({ of: { status, primaryStatus } })
    expect(record.status).toBe(expected)
    expect(record.status_raw).toBe(primaryStatus === undefined ? status : `${status}/${primaryStatus}`)
    expect(wrong).toEqual([])
  })

  test.each([
    [{ amountMicros: '18450000' }, { budget_daily: '18.45', budget_total: null }],
    [{ amountMicros: '9007199254740993' }, { budget_daily: '9007199254.740993' }],
    [
      { amountMicros: undefined, totalAmountMicros: '1500500000' },
      { budget_daily: null, budget_total: '1500.5' },
    ],
    [{ explicitlyShared: true }, { budget_level: 'shared' }],
    [{ referenceCount: '2' }, { budget_level: 'shared', budget_ref: '66' }],
  ])('a budget of %j', (budget, expected) => {
    expect(mapped({ budget }).record).toMatchObject(expected)
  })

  test('may have no budget at all', () => {
    const { record, wrong } = mapped({ budget: null })
    expect(record).toMatchObject({ budget_daily: null, budget_level: null, budget_ref: null })
    expect(wrong).toEqual([])
  })

  test('ends with the last second of a day, also of one of 23 hours', () => {
    const { record } = mapped({
      of: { startDateTime: '2026-03-08 02:30:00', endDateTime: '2026-03-08 23:59:59' },
    })
    expect(record.starts_at).toEqual(new Date('2026-03-08T08:30:00Z'))
    expect(record.ends_at).toEqual(new Date('2026-03-09T04:59:59Z'))
  })

  test('is in the account’s own zone where Google names none that exists', () => {
    expect(mapped({ account: { timeZone: 'Mars/Olympus' } }).record).toMatchObject({
      time_zone: 'America/New_York',
      starts_at: new Date('2026-01-05T05:00:00Z'),
    })
  })

  test.each([
    [{ of: { id: undefined } }, 'campaign_id'],
    [{ of: { name: ['x'] } }, 'name'],
    [{ of: { status: { a: 1 } } }, 'status_raw'],
    [{ of: { startDateTime: '2026-02-30 00:00:00' } }, 'starts_at'],
    [{ of: { endDateTime: 12 } }, 'ends_at'],
    [{ budget: { amountMicros: '1.5' } }, 'budget_daily'],
    [{ account: { id: '1' } }, 'external_account_id'],
  ])('%j is set aside for its %s', (given, column) => {
    expect(mapped(given).wrong).toEqual([column])
  })

  test.each([undefined, null, 'text', [], 7])('a row that is %j does not end the page', (raw) => {
    expect(judged(toGoogleCampaign(raw, { id: '1', timezone: 'UTC' })).wrong).toEqual(['campaign_id'])
  })
})
