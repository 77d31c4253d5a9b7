import { createHmac } from 'node:crypto'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { startSandbox } from '../../sandbox'

const epoch = new Date('2026-03-10T16:00:00Z')
const token = { access_token: 'agency', app_id: '1', app_secret: 'app-secret' }
const good = {
  level: 'ad',
  time_increment: '1',
  time_range: '{"since":"2026-03-01","until":"2026-03-10"}',
  fields: 'ad_id,impressions,spend,actions',
  action_attribution_windows: '["1d_view","7d_click"]',
  limit: '500',
}

interface Answer {
  readonly data?: Record<string, unknown>[]
  readonly paging?: { readonly cursors: { readonly after: string }; readonly next?: string }
  readonly error?: { readonly code: number; readonly error_subcode?: number; readonly message: string }
}

const setup = async (account: object = {}, seed = 'sandbox') => {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    epoch,
    seed,
    now: () => now,
    meta: {
      accounts: [
        { id: 7, name: 'Seven', timezone: 'America/New_York', ...account },
        { id: 8, name: 'Eight', timezone: 'America/New_York' },
      ],
      tokens: [
        { ...token, accounts: [7] },
        { ...token, access_token: 'proven', wants_proof: true },
      ],
      limits: { perSecond: 1000, inFlight: 10 },
    },
  })
  const ask = async (
    path: string,
    query: Record<string, string> = {},
    { bearer = 'agency', method = 'GET' } = {},
  ) => {
    const url = `${sandbox.baseUrl('meta')}${path}?${new URLSearchParams(query).toString()}`
    const answer = await fetch(url, { method, headers: { authorization: `Bearer ${bearer}` } })
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Answer & Record<string, unknown>,
    }
  }
  return {
    sandbox,
    vendor: sandbox.vendors.meta,
    ask,
    insights: async (changes: Record<string, string> = {}) =>
      ask('/v26.0/act_7/insights', { ...good, ...changes }),
    errorOf: async (path: string, query: Record<string, string> = {}, options = {}) => {
      const { body } = await ask(path, query, options)
      return [body.error?.code, body.error?.error_subcode]
    },
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

describe('the Meta of the sandbox', () => {
  test('refuses wrong tokens, versions, proofs and accounts with the vendor’s own codes', async () => {
    await using world = await setup()
    const account = '/v26.0/act_7'
    expect(await world.errorOf(account, {}, { bearer: 'nobody' })).toEqual([190, 467])
    world.vendor.revoke('agency', 463)
    expect(await world.errorOf(account)).toEqual([190, 463])
    world.vendor.restore('agency')
    expect(await world.errorOf(account)).toEqual([undefined, undefined])
    expect(await world.errorOf('/v24.0/act_7')).toEqual([2635, undefined])
    expect(await world.errorOf('/act_7')).toEqual([2635, undefined])
    expect(await world.errorOf('/v26.0/act_999')).toEqual([100, 33])
    expect(await world.errorOf('/v26.0/act_8')).toEqual([200, undefined])
    expect(await world.errorOf('/v26.0/act_7/elsewhere')).toEqual([2500, undefined])
    const proven = { bearer: 'proven' }
    expect(await world.errorOf(account, {}, proven)).toEqual([100, undefined])
    expect(await world.errorOf(account, { appsecret_proof: 'wrong' }, proven)).toEqual([100, undefined])
    const proof = createHmac('sha256', 'app-secret').update('proven').digest('hex')
    expect(await world.errorOf(account, { appsecret_proof: proof }, proven)).toEqual([undefined, undefined])
  })

  test.each([
    ['an unknown field', { fields: 'ad_id,dma' }, 100],
    ['an unknown parameter', { colour: 'red' }, 100],
    ['another level', { level: 'galaxy' }, 100],
    ['a window that has ended', { action_attribution_windows: '["28d_view"]' }, 100],
    ['days that are none', { time_range: '{"since":"2026-02-30","until":"2026-03-01"}' }, 100],
    ['days in the wrong order', { time_range: '{"since":"2026-03-02","until":"2026-03-01"}' }, 100],
    ['days beyond 37 months', { time_range: '{"since":"2023-02-09","until":"2023-03-01"}' }, 3018],
    ['a cursor that is none', { after: 'nonsense' }, 2642],
    ['a limit of nothing', { limit: '0' }, 100],
  ])('refuses %s', async (_, changes, code) => {
    await using world = await setup()
    expect((await world.insights(changes)).body.error?.code).toBe(code)
  })

  test('pages by cursor through every row once, and links to its own host with the token', async () => {
    await using world = await setup({ ads: 6 })
    const whole = (await world.insights()).body
    expect(whole.paging?.next).toBeUndefined()
    expect(whole.paging?.cursors.after).toBeDefined()
    const rows: unknown[] = []
    const links: string[] = []
    let after: string | undefined
    do {
      const { body } = await world.insights({ limit: '7', ...(after ? { after } : {}) })
      rows.push(...(body.data ?? []))
      if (body.paging?.next) links.push(body.paging.next)
      after = body.paging?.next && body.paging.cursors.after
    } while (after)
    expect(rows).toEqual(whole.data)
    expect(links.length).toBeGreaterThan(5)
    expect(links.every((link) => link.startsWith('https://graph.facebook.com/v26.0/act_7/insights?'))).toBe(
      true,
    )
    expect(links.every((link) => link.includes('access_token=agency'))).toBe(true)
    expect(whole.data?.length).toBeGreaterThan(40)
    expect(Object.keys(whole.data?.[0] ?? {}).slice(0, 5)).toEqual([
      'date_start',
      'date_stop',
      'account_id',
      'ad_id',
      'impressions',
    ])
  })

  test('forgets a cursor after an hour', async () => {
    await using world = await setup()
    const { body } = await world.insights({ limit: '5' })
    world.pass(hours(2))
    expect(
      (await world.insights({ limit: '5', after: body.paging?.cursors.after ?? '' })).body.error?.code,
    ).toBe(2642)
  })

  test('lives: days go on, leads are attributed later, ads begin, and old days are frozen', async () => {
    await using world = await setup({ newAdEvery: hours(1) })
    const today = { time_range: '{"since":"2026-03-10","until":"2026-03-10"}' }
    const sum = (rows: Answer['data'], field: string) =>
      (rows ?? []).reduce((total, row) => total + Number(row[field]), 0)
    const before = (await world.insights(today)).body.data
    world.pass(minutes(90))
    const later = (await world.insights(today)).body.data
    expect(sum(later, 'impressions')).toBeGreaterThan(sum(before, 'impressions'))
    expect(later?.length).toBeGreaterThan(before?.length ?? 0)
    world.pass(days(1))
    const yesterday = (await world.insights(today)).body.data
    world.pass(days(28))
    const settled = (await world.insights(today)).body.data
    expect(JSON.stringify(settled)).not.toBe(JSON.stringify(yesterday))
    // The order of lists changes, and means nothing.
    const restOf = (rows: Answer['data']) => rows?.map((row) => ({ ...row, actions: undefined }))
    world.pass(days(40))
    expect(restOf((await world.insights(today)).body.data)).toEqual(restOf(settled))
  })

  test('is the same world for the same seed, and another for another', async () => {
    await using world = await setup()
    await using again = await setup()
    await using other = await setup({}, 'other')
    const [one, two, three] = await Promise.all([world, again, other].map((each) => each.insights()))
    expect(two?.body.data).toEqual(one?.body.data)
    expect(three?.body.data).not.toEqual(one?.body.data)
  })

  test('tells as the truth what a complete listing shows, deleted ads included', async () => {
    await using world = await setup({ history: days(30) })
    const { body } = await world.insights({ time_range: '{"since":"2026-01-01","until":"2026-03-10"}' })
    const truth = [...(world.vendor.truth('7')['meta_ads_ad_days'] ?? [])]
    expect(truth).toHaveLength(body.data?.length ?? 0)
    expect(truth.map(({ ad_id, date_start, spend }) => [ad_id, date_start, spend])).toEqual(
      body.data?.map(({ ad_id, date_start, spend }) => [ad_id, date_start, spend]),
    )
    const deleted = world.vendor
      .account(7)
      .ads(epoch.getTime())
      .find(({ deletedAt }) => deletedAt && deletedAt < epoch.getTime())
    expect(truth.some(({ ad_id }) => ad_id === deleted?.id)).toBe(true)
    expect(Number(deleted?.id)).toBeGreaterThan(Number.MAX_SAFE_INTEGER)
  })

  test('finds too much data too much', async () => {
    await using world = await setup({ largestPage: 100, longestCall: 5 })
    expect(await world.insights({ limit: '101' })).toMatchObject({
      status: 500,
      body: { error: { code: 1 } },
    })
    expect((await world.insights({ limit: '100' })).body.error?.message).toMatch(/reduce the amount of data/)
    const few = { limit: '100', time_range: '{"since":"2026-03-06","until":"2026-03-10"}' }
    expect((await world.insights(few)).status).toBe(200)
  })

  test('prepares reports: not started, started, running, completed, with the same rows', async () => {
    await using world = await setup({ reportTakes: seconds(100) })
    const { body: started } = await world.ask('/v26.0/act_7/insights', good, { method: 'POST' })
    const id = String(started['report_run_id'])
    const seen: unknown[] = []
    for (const pass of [0, 5, 5, 40, 50]) {
      world.pass(seconds(pass))
      seen.push((await world.ask(`/v26.0/${id}`)).body['async_status'])
    }
    expect(seen).toEqual(['Job Not Started', 'Job Started', 'Job Running', 'Job Running', 'Job Completed'])
    const { body } = await world.ask(`/v26.0/${id}/insights`, { limit: '500' })
    expect(body.data).toHaveLength((await world.insights()).body.data?.length ?? 0)
    expect(await world.errorOf('/v26.0/12345')).toEqual([100, 33])
    world.pass(days(31))
    expect(await world.errorOf(`/v26.0/${id}/insights`)).toEqual([100, 33])
  })

  test.each([
    ['report failed', 'Job Failed'],
    ['report skipped', 'Job Skipped'],
    ['report stuck', 'Job Not Started'],
  ])('a %s ends as %s', async (name, status) => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'quirk', name })
    const { body } = await world.ask('/v26.0/act_7/insights', good, { method: 'POST' })
    world.pass(minutes(20))
    expect((await world.ask(`/v26.0/${String(body['report_run_id'])}`)).body['async_status']).toBe(status)
  })

  test('shows how near its limits are, and refuses beyond them', async () => {
    await using world = await setup()
    expect((await world.insights()).headers.get('x-business-use-case-usage')).toBeNull()
    world.vendor.account(7).usage = 80
    expect((await world.insights()).headers.get('x-business-use-case-usage')).toContain('"call_count":80')
    world.vendor.account(7).usage = 100
    const refused = await world.insights()
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 80000 } } })
    expect(refused.headers.get('x-business-use-case-usage')).toContain('"estimated_time_to_regain_access":7')
  })

  test('lists the accounts that a token opens', async () => {
    await using world = await setup()
    const { body } = await world.ask('/v26.0/me/adaccounts', { fields: 'account_id,timezone_name' })
    expect(body.data).toEqual([{ id: 'act_7', account_id: '7', timezone_name: 'America/New_York' }])
  })
})
