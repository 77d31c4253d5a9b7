import { days } from '../../src/lib/durations'
import { startSandbox } from '../../sandbox'
import type { GoogleCustomerInput } from '../../sandbox/google/specs'

const epoch = new Date('2026-03-10T16:00:00Z')
const manager = '1112223333'
const id = '9990001111'
const credential = {
  flow: 'refresh_token' as const,
  client_id: 'c',
  client_secret: 's',
  refresh_token: 'r',
  developer_token: 'd',
}
const metrics = 'SELECT campaign.id, segments.date, metrics.clicks FROM campaign'
const days7 = `${metrics} WHERE segments.date BETWEEN '2026-03-01' AND '2026-03-07'`

/** What stands at a path of an answer: `at(row, 'campaign', 'id')`. */
const at = (tree: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], tree)

const setup = async (customer: Partial<GoogleCustomerInput> = {}, seed = 'sandbox') => {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    seed,
    google: {
      customers: [
        { id: manager, name: 'Manager', isManager: true },
        { id, name: 'Nine', manager, history: 30, campaigns: 3, ...customer },
      ],
      credentials: [credential],
      limits: { perSecond: 100_000, inFlight: 20 },
      pageRows: 8,
    },
  })
  const base = sandbox.baseUrl('google')
  const grant = { grant_type: 'refresh_token', client_id: 'c', client_secret: 's', refresh_token: 'r' }
  const token = async (form: Record<string, string> = grant) => {
    const answer = await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const bearer = String((await token()).body['access_token'])
  const good = {
    authorization: `Bearer ${bearer}`,
    'developer-token': 'd',
    'login-customer-id': manager,
    'content-type': 'application/json',
  }
  const ask = async (
    query: string,
    {
      method = 'searchStream',
      headers = {},
      body = {},
      customer: of = id,
      version = 'v25',
    }: {
      method?: string
      headers?: Record<string, string | undefined>
      body?: object
      customer?: string
      version?: string
    } = {},
  ) => {
    const given = Object.entries({ ...good, ...headers }).filter(([, value]) => value !== undefined)
    const answer = await fetch(`${base}/ads/${version}/customers/${of}/googleAds:${method}`, {
      method: 'POST',
      headers: Object.fromEntries(given) as Record<string, string>,
      body: JSON.stringify({ query, ...body }),
    })
    return { status: answer.status, body: await answer.json() }
  }
  /** Status and error code of a refusal. */
  const refusal = async (...asked: Parameters<typeof ask>): Promise<unknown[]> => {
    const { status, body } = await ask(...asked)
    const error = at(Array.isArray(body) ? body[0] : body, 'error')
    const code = at(error, 'details', 0, 'errors', 0, 'errorCode') as Record<string, string> | undefined
    return [status, ...Object.values(code ?? {})]
  }
  return {
    sandbox,
    google: sandbox.vendors.google,
    customer: sandbox.vendors.google.customer(id),
    token,
    ask,
    refusal,
    good,
    rows: async (query: string): Promise<unknown[]> =>
      ((await ask(query)).body as { results?: unknown[] }[]).flatMap(({ results = [] }) => results),
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

describe('the Google of the sandbox', () => {
  test('gives tokens to whom it knows', async () => {
    await using world = await setup()
    expect(await world.token()).toMatchObject({
      status: 200,
      body: { expires_in: 3599, token_type: 'Bearer' },
    })
    const form = { grant_type: 'refresh_token', client_id: 'c', client_secret: 's', refresh_token: 'r' }
    expect(await world.token({ ...form, client_secret: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(await world.token({ ...form, refresh_token: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect((await world.token({ ...form, grant_type: 'password' })).status).toBe(400)
    world.google.revoke('r')
    expect((await world.token()).body['error']).toBe('invalid_grant')
  })

  test('refuses each missing or wrong header', async () => {
    await using world = await setup()
    const withHeader = async (headers: Record<string, string | undefined>) =>
      world.refusal(days7, { headers })
    expect(await withHeader({ authorization: undefined })).toEqual([401])
    expect(await withHeader({ authorization: 'Bearer x' })).toEqual([401, 'OAUTH_TOKEN_INVALID'])
    expect(await withHeader({ 'developer-token': undefined })).toEqual([401, 'DEVELOPER_TOKEN_INVALID'])
    expect(await withHeader({ 'developer-token': 'x' })).toEqual([401, 'DEVELOPER_TOKEN_INVALID'])
    expect(await withHeader({ 'login-customer-id': undefined })).toEqual([403, 'USER_PERMISSION_DENIED'])
    expect(await withHeader({ 'login-customer-id': '5' })).toEqual([403, 'USER_PERMISSION_DENIED'])
    expect(await withHeader({ 'login-customer-id': '111-222' })).toEqual([400, 'INVALID_LOGIN_CUSTOMER_ID'])
    expect(await withHeader({ 'content-type': 'text/plain' })).toEqual([400])
    world.pass(days(1))
    expect(await withHeader({})).toEqual([401, 'OAUTH_TOKEN_EXPIRED'])
  })

  test('refuses customers that are unknown, closed or badly written, and versions that are over', async () => {
    await using world = await setup({ status: 'CANCELED' })
    expect(await world.refusal(days7)).toEqual([403, 'CUSTOMER_NOT_ENABLED'])
    expect(await world.refusal(days7, { customer: '5' })).toEqual([403, 'USER_PERMISSION_DENIED'])
    expect(await world.refusal(days7, { customer: '999-000-1111' })).toEqual([400, 'INVALID_CUSTOMER_ID'])
    expect(await world.refusal(days7, { version: 'v21' })).toEqual([400, 'UNSUPPORTED_VERSION'])
  })

  test.each([
    ['SELECT campaign.idd FROM campaign', 'UNRECOGNIZED_FIELD'],
    ['SELECT ad_group.id FROM campaign', 'PROHIBITED_FIELD_IN_SELECT_CLAUSE'],
    ['SELECT campaign.id FROM campaigns', 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE'],
    [metrics, 'EXPECTED_FILTERS_ON_DATE_RANGE'],
    [`${metrics} WHERE segments.date >= '2026-03-01'`, 'EXPECTED_FILTERS_ON_DATE_RANGE'],
    [`${metrics} WHERE segments.date DURING LAST_90_DAYS`, 'INVALID_VALUE_WITH_DURING_OPERATOR'],
    [`${metrics} WHERE segments.date = '03/01/2026'`, 'INVALID_DATE_FORMAT'],
    [
      "SELECT campaign.id FROM campaign WHERE campaign.name = 'x'",
      'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE',
    ],
    ['SELECT campaign.id FROM campaign ORDER BY campaign.name', 'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE'],
    ['FROM campaign', 'EXPECTED_SELECT'],
    ['SELECT campaign.id FROM campaign LIMIT 0', 'BAD_LIMIT_VALUE'],
    ['SELECT campaign.id FROM campaign nonsense', 'UNEXPECTED_INPUT'],
  ])('refuses %s', async (query, code) => {
    await using world = await setup()
    expect(await world.refusal(query)).toEqual([400, code])
    // In a list of one on a stream, bare on a page.
    expect(Array.isArray((await world.ask(query)).body)).toBe(true)
    expect((await world.ask(query, { method: 'search' })).body).toHaveProperty('error')
  })

  test('tells a manager of its clients, and refuses it figures', async () => {
    await using world = await setup()
    const headers = { 'login-customer-id': manager }
    const clients = `SELECT customer_client.id, customer_client.manager, customer_client.time_zone
      FROM customer_client WHERE customer_client.manager = FALSE`
    const { body } = await world.ask(clients, { customer: manager, headers })
    expect(at(body, 0, 'results')).toEqual([
      {
        customerClient: {
          resourceName: `customers/${manager}/customerClients/${id}`,
          id,
          manager: false,
          timeZone: 'America/Chicago',
        },
      },
    ])
    expect(await world.refusal(days7, { customer: manager, headers })).toEqual([
      400,
      'REQUESTED_METRICS_FOR_MANAGER',
    ])
  })

  test('filters, sorts, limits, adds up, and leaves out names that were not asked for', async () => {
    await using world = await setup()
    const [first, second] = await world.rows(
      "SELECT campaign.id, campaign.name FROM campaign WHERE campaign.name LIKE '%s%' ORDER BY campaign.id DESC LIMIT 2",
    )
    expect(Number(at(first, 'campaign', 'id'))).toBeGreaterThan(Number(at(second, 'campaign', 'id')))
    const plain = `SELECT customer.id, campaign.id FROM campaign LIMIT 1`
    expect(await world.rows(plain)).toMatchObject([{ customer: { resourceName: `customers/${id}` } }])
    const [bare] = await world.rows(`${plain} PARAMETERS omit_unselected_resource_names=true`)
    expect(at(bare, 'customer')).toEqual({ id })
    const daily = await world.rows(days7)
    const [sum] = await world.rows(
      `SELECT customer.id, metrics.clicks FROM campaign WHERE segments.date BETWEEN '2026-03-01' AND '2026-03-07'`,
    )
    const clicks = daily.reduce<number>((total, row) => total + Number(at(row, 'metrics', 'clicks') ?? 0), 0)
    expect(at(sum, 'metrics')).toEqual({ clicks: String(clicks) })
  })

  test('pages a search, and refuses a page size and a token of another query', async () => {
    await using world = await setup()
    const body = { searchSettings: { returnTotalResultsCount: true } }
    const first = (await world.ask(days7, { method: 'search', body })).body
    expect(at(first, 'results')).toHaveLength(8)
    expect(Number(at(first, 'totalResultsCount'))).toBe((await world.rows(days7)).length)
    const pageToken = at(first, 'nextPageToken')
    const second = (await world.ask(days7, { method: 'search', body: { pageToken } })).body
    expect(at(second, 'results', 0)).toEqual((await world.rows(days7))[8])
    expect(await world.refusal(`${days7} LIMIT 9`, { method: 'search', body: { pageToken } })).toEqual([
      400,
      'INVALID_PAGE_TOKEN',
    ])
    expect(await world.refusal(days7, { method: 'search', body: { pageSize: 5 } })).toEqual([
      400,
      'PAGE_SIZE_NOT_SUPPORTED',
    ])
  })

  test('breaks down over more days than a customer can take', async () => {
    await using world = await setup({ maxDays: 6 })
    expect(await world.refusal(days7)).toEqual([500, 'INTERNAL_ERROR'])
    expect((await world.rows(days7.replace('03-07', '03-06'))).length).toBeGreaterThan(0)
  })

  test('is the same world for the same seed and epoch, and another for another seed', async () => {
    await using world = await setup()
    await using again = await setup()
    await using other = await setup({}, 'other')
    expect(await again.rows(days7)).toEqual(await world.rows(days7))
    expect(await other.rows(days7)).not.toEqual(await world.rows(days7))
  })

  test('restates the past as time goes on, and lets some days vanish', async () => {
    await using world = await setup({ campaigns: 8 })
    const daily = `SELECT ad_group.id, ad_group_ad.ad.id, segments.date, metrics.clicks, metrics.conversions
      FROM ad_group_ad WHERE segments.date BETWEEN '2026-03-01' AND '2026-03-10'`
    const held = async () =>
      new Map(
        (await world.rows(daily)).map((row) => [
          JSON.stringify([
            at(row, 'adGroup', 'id'),
            at(row, 'adGroupAd', 'ad', 'id'),
            at(row, 'segments', 'date'),
          ]),
          JSON.stringify(at(row, 'metrics')),
        ]),
      )
    const before = await held()
    world.pass(days(10))
    world.google.tokens.expire()
    world.good.authorization = `Bearer ${String((await world.token()).body['access_token'])}`
    const after = await held()
    expect([...before.keys()].some((key) => !after.has(key))).toBe(true)
    expect([...after].some(([key, metric]) => before.has(key) && before.get(key) !== metric)).toBe(true)
  })

  test('tells as the truth what its answers say', async () => {
    await using world = await setup()
    const rows = await world.rows(
      `SELECT campaign.id, segments.date, metrics.cost_micros FROM campaign
       WHERE segments.date BETWEEN '2026-01-01' AND '2026-12-31'`,
    )
    const truth = [...(world.google.truth(id)['google_ads_campaign_days'] ?? [])]
    expect(truth).toHaveLength(rows.length)
    expect(Number(truth[0]?.['cost']) * 1e6).toBeCloseTo(Number(at(rows[0], 'metrics', 'costMicros')))
    expect([...(world.google.truth(`google:${id}`)['google_ads_ad_days'] ?? [])].length).toBeGreaterThan(50)
  })
})
