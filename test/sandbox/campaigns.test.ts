import { startSandbox } from '../../sandbox'
import { days, hours } from '../../src/lib/durations'

const epoch = new Date('2026-03-10T16:00:00Z')
const credential = {
  flow: 'refresh_token',
  client_id: 'client',
  client_secret: 'secret',
  refresh_token: 'refresh',
  developer_token: 'developer',
} as const
const everything = '["ACTIVE","PAUSED","ARCHIVED","DELETED","IN_PROCESS","WITH_ISSUES"]'

interface Answer {
  readonly data?: Record<string, string>[]
  readonly paging?: { readonly next?: string }
  readonly error?: { readonly code: number }
}
type GoogleRow = Record<'customer' | 'campaign' | 'campaignBudget', Record<string, unknown>>

/** Both platforms, as those see them that ask for campaigns. */
async function setup() {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    epoch,
    now: () => now,
    google: {
      customers: [{ id: '1', name: 'One', campaigns: 4, history: 5 }],
      credentials: [credential],
    },
    meta: {
      accounts: [{ id: 7, name: 'Seven', timezone: 'America/New_York', campaigns: 4 }],
      tokens: [{ access_token: 'agency', app_id: '1', app_secret: 'app-secret' }],
    },
  })
  const { google, meta } = sandbox.vendors
  const signIn = async (): Promise<string> => {
    const { client_id, client_secret, refresh_token } = credential
    const grant = { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
    const url = `${sandbox.baseUrl('google')}/oauth2/token`
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(grant) })
    return ((await answer.json()) as { access_token: string }).access_token
  }
  return {
    google,
    meta,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    query: async (query: string) => {
      const url = `${sandbox.baseUrl('google')}/ads/v25/customers/1/googleAds:search`
      const headers = {
        authorization: `Bearer ${await signIn()}`,
        'developer-token': 'developer',
        'content-type': 'application/json',
      }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
      return { status: answer.status, ...((await answer.json()) as { results?: GoogleRow[] }) }
    },
    list: async (edge: string, query: Record<string, string>): Promise<Answer> => {
      const url = `${sandbox.baseUrl('meta')}/v26.0/act_7/${edge}?${new URLSearchParams(query).toString()}`
      const answer = await fetch(url, { headers: { authorization: 'Bearer agency' } })
      return (await answer.json()) as Answer
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

describe('campaigns of the simulated Google', () => {
  const select = 'SELECT campaign.id, campaign.status, campaign.campaign_budget, campaign.primary_status,'

  test('come with their budgets, removed ones and those without traffic among them', async () => {
    await using world = await setup()
    const { results = [] } = await world.query(
      `${select} campaign_budget.id, campaign_budget.explicitly_shared FROM campaign`,
    )
    expect(results).toHaveLength(6)
    expect(results.map(({ campaign }) => campaign['primaryStatus'])).toEqual(
      expect.arrayContaining(['REMOVED', 'ENDED', 'PENDING']),
    )
    const [first, second] = results
    expect(first?.campaign['campaignBudget']).toBe(first?.campaignBudget['resourceName'])
    expect(first?.campaignBudget).toMatchObject({ id: second?.campaignBudget['id'], explicitlyShared: true })
    const segmented = await world.query(
      "SELECT campaign.id, segments.date FROM campaign WHERE segments.date = '2026-03-09'",
    )
    expect(segmented.results?.length).toBeLessThan(6)
  })

  test('are refused by the names of older versions', async () => {
    await using world = await setup()
    expect(await world.query('SELECT campaign.start_date FROM campaign')).toMatchObject({ status: 400 })
  })

  test('change by the clock, and vanish where they are unlisted', async () => {
    await using world = await setup()
    const budgets = async () => {
      const { results = [] } = await world.query('SELECT campaign_budget.amount_micros FROM campaign')
      return results.map(({ campaignBudget }) => campaignBudget?.['amountMicros'])
    }
    const before = await budgets()
    world.pass(hours(9))
    const after = await budgets()
    expect(after).toHaveLength(before.length + 1)
    expect(after.slice(0, before.length)).not.toEqual(before)
    world.google.customer('1').unlisted.add(world.google.customer('1').campaigns[0]?.id ?? '')
    expect(await budgets()).toHaveLength(before.length)
  })
})

describe('campaigns of the simulated Meta', () => {
  test('leave out archived and deleted ones unless they are asked for', async () => {
    await using world = await setup()
    const fields = 'id,effective_status'
    const { data: usual = [] } = await world.list('campaigns', { fields })
    const { data: all = [] } = await world.list('campaigns', { fields, effective_status: everything })
    expect(all.length - usual.length).toBe(2)
    const listed = new Set(usual.map((row) => row['id']))
    const removed = all.filter((row) => !listed.has(row['id'])).map((row) => row['effective_status'])
    expect(new Set(removed)).toEqual(new Set(['ARCHIVED', 'DELETED']))
  })

  test('tell budgets in cents, "0" where one is not used, and an open end as 1970', async () => {
    await using world = await setup()
    const fields = 'daily_budget,lifetime_budget,stop_time'
    const { data = [] } = await world.list('campaigns', { fields })
    expect(data[0]).toMatchObject({
      daily_budget: expect.stringMatching(/^\d{4,5}$/),
      stop_time: '1969-12-31T19:00:00-0500',
    })
    expect(data[2]).toMatchObject({ daily_budget: '0', lifetime_budget: '150000' })
    expect(data[1]).not.toHaveProperty('daily_budget')
    const adSets = await world.list('adsets', { fields: 'campaign_id,daily_budget,lifetime_budget' })
    const below = adSets.data?.filter((row) => row['campaign_id'] === data[1]?.['id']) ?? []
    expect(below).toHaveLength(2)
    expect(below.every((row) => Number(row['daily_budget']) + Number(row['lifetime_budget']) > 0)).toBe(true)
  })

  test.each([
    ['campaigns', { fields: 'name,colour' }],
    ['campaigns', { fields: 'name', effective_status: '["SLEEPING"]' }],
    ['campaigns', { fields: 'name', effective_status: 'ACTIVE' }],
    ['campaigns', { fields: 'name', order: 'up' }],
    ['adsets', { fields: 'stop_time' }],
  ])('refuses %s with %j', async (edge, query) => {
    await using world = await setup()
    expect((await world.list(edge, query)).error?.code).toBe(100)
  })

  test('come and go by the clock', async () => {
    await using world = await setup()
    const states = async () => {
      const { data = [] } = await world.list('campaigns', {
        fields: 'status',
        effective_status: everything,
        limit: '100',
      })
      return data.map((row) => row['status'])
    }
    const before = await states()
    world.pass(days(3))
    const after = await states()
    expect(after.length).toBe(before.length + 9)
    expect(after.slice(before.length)).toContain('DELETED')
  })
})
