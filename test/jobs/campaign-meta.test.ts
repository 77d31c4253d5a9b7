import { toMetaCampaign } from '../../jobs/campaign/to-meta-campaign'
import { hundredths } from '../../src/lib/read-fields'
import {
  campaignWorld as setup,
  type CampaignWorld,
  checked,
  expectTruth,
  judged,
  large,
  metaSecrets,
} from '../support/campaign-world'

const now = new Date('2026-03-10T16:00:00Z')

describe('campaigns on Meta', () => {
  const paths = (world: CampaignWorld) => world.asked.map(({ path }) => path.replace('/v26.0/act_7', ''))

  test('reads the ad sets once, where a campaign has no budget of its own', async () => {
    await using world = await large()
    await world.drivers.meta.run()
    expect(paths(world).filter((path) => path === '/campaigns').length).toBeGreaterThan(3)
    expect(paths(world).filter((path) => path === '')).toHaveLength(1)
    const levels = [...world.drivers.meta.rows.values()].map(({ budget_level: level }) => level)
    expect(new Set(levels)).toEqual(new Set(['campaign', 'ad_set']))
    expectTruth(world, 'meta')
  })

  test('reads no ad sets where every campaign has one', async () => {
    await using world = await setup({ account: { campaigns: 1 } })
    for (const { id } of world.account.campaigns()) world.account.edit(id, { daily_budget: '100' })
    for (const index of [1, 2, 3])
      world.account.edit(world.account.objects.idOf('campaign', index), { daily_budget: '1' })
    await world.drivers.meta.run()
    expect(paths(world)).toEqual(['', '/campaigns'])
    expectTruth(world, 'meta')
  })

  test('a campaign whose ad sets have no readable budget is set aside', async () => {
    await using world = await setup()
    const campaign = world.account.campaigns()[1]
    world.account.addOddity('adsets', {
      id: '1',
      campaign_id: campaign?.id,
      status: 'ACTIVE',
      daily_budget: '12.50',
    })
    await world.drivers.meta.run()
    expect(world.drivers.meta.rejected.map(({ campaign_id: id }) => id)).toEqual([campaign?.id])
  })

  test('currencies without minor units are told as they come', async () => {
    await using world = await setup({ account: { currency: 'JPY' } })
    await world.drivers.meta.run()
    expectTruth(world, 'meta')
    const budgets = [...world.drivers.meta.rows.values()].map(({ budget_total: total }) => total)
    expect(budgets).toContain('150000')
  })

  test('a listing whose cursor expired starts over', async () => {
    await using world = await large()
    world.sandbox.faults.add({ kind: 'quirk', name: 'error 2642', path: 'after=' })
    await world.drivers.meta.run()
    expect(world.drivers.meta.pages.filter(({ restarts }) => restarts)).toHaveLength(1)
    expectTruth(world, 'meta')
  })

  test('the token is in no page and no note', async () => {
    await using world = await large()
    await world.drivers.meta.run()
    const { pages, notes } = world.drivers.meta
    expect(JSON.stringify([pages, notes])).not.toContain(metaSecrets.access_token)
  })

  test('check tells of an ad account that is not active', async () => {
    await using world = await setup({ account: { status: 2 } })
    expect(await checked(world, 'meta')).toMatchObject({
      notes: ['its budgets are in USD', 'the vendor gives the ad account the status 2'],
    })
  })
})

describe('a campaign on Meta', () => {
  const campaign = {
    id: '120001',
    account_id: '300400500',
    name: 'March SUV leads',
    objective: 'OUTCOME_LEADS',
    status: 'ACTIVE',
    effective_status: 'ACTIVE',
    bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
    daily_budget: '7500',
    start_time: '2026-03-01T00:00:00-0600',
    updated_time: '2026-03-04T08:00:00-0600',
  }
  const mapped = (fields: object = {}, around: Partial<Parameters<typeof toMetaCampaign>[1]> = {}) =>
    judged(
      toMetaCampaign(
        { ...campaign, ...fields },
        {
          id: '300400500',
          currency: 'USD',
          timezone: 'America/Chicago',
          now,
          adSets: { of: () => ({ daily: 4250n, lifetime: 0n }) },
          ...around,
        },
      ),
    )
  const none = { daily_budget: '0', lifetime_budget: undefined }

  test('is kept whole, its budget in units of the currency', () => {
    expect(mapped()).toEqual({
      record: {
        platform: 'meta',
        external_account_id: '300400500',
        campaign_id: '120001',
        name: 'March SUV leads',
        status: 'active',
        status_raw: 'ACTIVE/ACTIVE',
        channel: 'META',
        channel_sub_type: null,
        objective: 'OUTCOME_LEADS',
        bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
        budget_daily: '75',
        budget_total: null,
        budget_level: 'campaign',
        budget_ref: null,
        currency: 'USD',
        time_zone: 'America/Chicago',
        starts_at: new Date('2026-03-01T06:00:00Z'),
        ends_at: null,
        vendor_updated_at: new Date('2026-03-04T14:00:00Z'),
      },
      wrong: [],
    })
  })

  test.each([
    ['ACTIVE', 'ACTIVE', 'active'],
    ['ACTIVE', 'IN_PROCESS', 'active'],
    ['ACTIVE', 'WITH_ISSUES', 'active'],
    ['PAUSED', 'PAUSED', 'paused'],
    ['DELETED', 'DELETED', 'removed'],
    ['ARCHIVED', 'ARCHIVED', 'removed'],
    ['ACTIVE', 'SOMETHING_NEW', 'unknown'],
    ['PAUSED', undefined, 'paused'],
  ])('%s and %s are %s', (status, effective, expected) => {
    expect(mapped({ status, effective_status: effective }).record.status).toBe(expected)
  })

  test('is over once its end is past, unless it was removed', () => {
    const past = { stop_time: '2026-03-10T10:59:59-0500' }
    expect(mapped(past).record.status).toBe('ended')
    expect(mapped({ ...past, status: 'ARCHIVED' }).record.status).toBe('removed')
    expect(mapped({ stop_time: '2026-03-10T11:00:01-0500' }).record.status).toBe('active')
  })

  test.each([
    '1970-01-01T00:00:00+0000',
    '1969-12-31T18:00:00-0600',
    '1970-01-01T00:00:00-0600',
    '',
    undefined,
  ])('an end at %j is none', (stop) => {
    const { record, wrong } = mapped({ stop_time: stop })
    expect(record).toMatchObject({ status: 'active', ends_at: null })
    expect(wrong).toEqual([])
  })

  test.each([
    [{ daily_budget: '7550' }, 'USD', { budget_daily: '75.5', budget_total: null }],
    [{ daily_budget: '5' }, 'CAD', { budget_daily: '0.05' }],
    [{ daily_budget: '7500' }, 'JPY', { budget_daily: '7500' }],
    [{ daily_budget: '7500' }, 'TWD', { budget_daily: '7500' }],
    [{ daily_budget: '0', lifetime_budget: '150000' }, 'USD', { budget_daily: null, budget_total: '1500' }],
    [{ daily_budget: '900719925474099377' }, 'USD', { budget_daily: '9007199254740993.77' }],
    [{ daily_budget: '7500' }, undefined, { budget_daily: '75', currency: null }],
  ])('budgets of %j in %s', (fields, currency, expected) => {
    const { record, wrong } = mapped(fields, { currency })
    expect(record).toMatchObject({ ...expected, budget_level: 'campaign' })
    expect(wrong).toEqual([])
  })

  test('without a budget has those of its ad sets', () => {
    expect(mapped(none).record).toMatchObject({
      budget_daily: '42.5',
      budget_total: null,
      budget_level: 'ad_set',
    })
    const lifetime = { of: () => ({ daily: 0n, lifetime: 30_000n }) }
    expect(mapped(none, { adSets: lifetime }).record).toMatchObject({
      budget_daily: null,
      budget_total: '300',
    })
    expect(mapped(none, { adSets: undefined }).record).toMatchObject({
      budget_daily: null,
      budget_total: null,
    })
  })

  test('that was removed spends nothing, whatever its ad sets say', () => {
    expect(mapped({ ...none, status: 'DELETED' }).record).toMatchObject({
      budget_daily: null,
      budget_level: 'ad_set',
    })
  })

  test.each([
    [{ id: undefined }, 'campaign_id'],
    [{ account_id: '1' }, 'external_account_id'],
    [{ daily_budget: '75.00' }, 'budget_daily'],
    [{ daily_budget: undefined, lifetime_budget: {} }, 'budget_total'],
    [{ start_time: 'soon' }, 'starts_at'],
    [{ status: {} }, 'status_raw'],
  ])('%j is set aside for its %s', (fields, column) => {
    expect(mapped(fields).wrong).toEqual([column])
  })

  test('with an ad set whose budget cannot be read is set aside', () => {
    const odd = { of: () => ({ daily: 0n, lifetime: 0n, odd: '12.50' }) }
    for (const currency of ['USD', 'JPY'])
      expect(mapped(none, { adSets: odd, currency }).wrong).toEqual(['budget_daily'])
  })

  test.each([undefined, null, 'text', [], 7])('a row that is %j does not end the page', (raw) => {
    const around = { id: '1', currency: 'USD', timezone: 'UTC', now, adSets: undefined }
    expect(judged(toMetaCampaign(raw, around)).wrong).toEqual(['campaign_id'])
  })
})

test.each([
  ['7550', '75.5'],
  ['5', '0.05'],
  ['-5', '-0.05'],
  [100, '1'],
  ['0', '0'],
  ['', null],
  ['1.5', '1.5 hundredths'],
])('%s hundredths are %s', (value, units) => {
  expect(hundredths(value)).toBe(units)
})
