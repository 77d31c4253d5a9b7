import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { startSandbox, type SandboxOptions } from '../../sandbox'

const epoch = new Date('2026-03-10T16:00:00Z')
const program = { program_id: 'DVV10001', subscription_key: 'key', user_email: 'user@agency.example' }
const id = 'DVD40001'

const setup = async (rooftop: object = {}, options: Partial<SandboxOptions> = {}, deliveriesAtOnce = 4) => {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    epoch,
    now: () => now,
    dealervault: {
      rooftops: [
        {
          id,
          timezone: 'America/New_York',
          sales: 12,
          serviceOrders: 20,
          appointments: 8,
          vehicles: 6,
          ...rooftop,
        },
        { id: 'DVD40002', timezone: 'America/New_York', sales: 3, feeds: ['SL'] },
      ],
      program,
      limits: { perSecond: 1000, inFlight: 10 },
      deliveriesAtOnce,
      makingTime: 30_000,
    },
    ...options,
  })
  let token = ''
  const ask = async (path: string, init: RequestInit = {}): Promise<{ status: number; body: Answer }> => {
    const response = await fetch(sandbox.baseUrl('dealervault') + path, {
      ...init,
      headers: {
        'ocp-apim-subscription-key': 'key',
        'x-user': 'user@agency.example',
        'x-jwt-token': token,
        'content-type': 'application/json',
        ...(init.headers as Record<string, string>),
      },
    })
    const text = await response.text()
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Answer }
  }
  const renew = async () => {
    token = String((await ask('/token')).body['token'])
  }
  await renew()
  const order = async (
    fileType: string,
    wanted: object = { type: 'Historical', historicalMonths: 24 },
    rooftopId = id,
  ) =>
    ask('/delivery', {
      method: 'POST',
      body: JSON.stringify({ programId: 'DVV10001', rooftopId, fileType, options: wanted }),
    })
  const pass = (milliseconds: number): void => {
    now = new Date(now.getTime() + milliseconds)
  }
  return {
    sandbox,
    vendor: sandbox.vendors.dealervault,
    ask,
    renew,
    order,
    pass,
    /** The rows of a delivery that is made at once. */
    rows: async (fileType: string, wanted?: object): Promise<Record<string, string>[]> => {
      const { body } = await order(fileType, wanted)
      pass(minutes(1))
      return (await ask(`/delivery?requestId=${String(body['requestId'])}&pageSize=500`)).body[
        'records'
      ] as Record<string, string>[]
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

type Answer = Record<string, unknown>

describe('the DealerVault sandbox', () => {
  test('refuses keys, users and tokens that it does not know', async () => {
    await using world = await setup()
    const refused = async (headers: Record<string, string>) =>
      (await world.ask('/delivery/x', { headers })).status
    expect(await refused({ 'ocp-apim-subscription-key': 'other' })).toBe(401)
    expect(await refused({ 'x-user': 'nobody@agency.example' })).toBe(401)
    expect(await refused({ 'x-jwt-token': 'made.up' })).toBe(401)
    expect(await refused({})).toBe(404)
    world.pass(minutes(31))
    expect(await refused({})).toBe(401)
    await world.renew()
    expect(await refused({})).toBe(404)
    world.vendor.revoke()
    expect(await refused({})).toBe(401)
  })

  test.each([
    ['a rooftop that it does not know', 'SL', { type: 'Daily' }, 'DVD1', 404],
    ['a feed that is not granted', 'SV', { type: 'Daily' }, 'DVD40002', 400],
    ['a feed that does not exist', 'XX', { type: 'Daily' }, id, 400],
    ['a kind that does not exist', 'SL', { type: 'Hourly' }, id, 400],
    [
      'dates that are none',
      'SL',
      { type: 'Catchup', catchupStartDate: '3/1/2026', catchupEndDate: '3/4/2026' },
      id,
      400,
    ],
    [
      'dates in the wrong order',
      'SL',
      { type: 'Catchup', catchupStartDate: '2026-03-04', catchupEndDate: '2026-03-01' },
      id,
      400,
    ],
    ['fields that do not exist', 'SL', { type: 'Daily', days: 3 }, id, 400],
  ])('refuses %s', async (_, fileType, wanted, rooftop, status) => {
    await using world = await setup()
    expect((await world.order(fileType, wanted, rooftop)).status).toBe(status)
  })

  test('makes a delivery in steps, and pages through it by token', async () => {
    await using world = await setup({ sales: 25 })
    const { body } = await world.order('SL')
    const state = async () => (await world.ask(`/delivery/${String(body['requestId'])}`)).body['status']
    expect(body['status']).toBe('Queued')
    world.pass(seconds(15))
    expect(await state()).toBe('InProgress')
    world.pass(seconds(15))
    expect(await state()).toBe('Ready')
    const first = await world.ask(`/delivery?requestId=${String(body['requestId'])}&pageSize=20`)
    expect(first.body).toMatchObject({ totalRecords: 25, totalRecordsInPage: 20 })
    const token = encodeURIComponent(String(first.body['continuationToken']))
    const second = await world.ask(
      `/delivery?requestId=${String(body['requestId'])}&pageSize=20&continuationToken=${token}`,
    )
    expect(second.body).toMatchObject({ totalRecordsInPage: 5 })
    expect(second.body).not.toHaveProperty('continuationToken')
    world.pass(days(2))
    await world.renew()
    await world.order('SV')
    expect(await state()).toBeUndefined()
  })

  test('works on so many at once, and on one for each rooftop and feed', async () => {
    await using world = await setup({}, {}, 2)
    expect((await world.order('SL')).status).toBe(200)
    expect(await world.order('SL')).toMatchObject({
      status: 429,
      body: { message: 'Rate limit is exceeded. Try again in 2 seconds.' },
    })
    expect((await world.order('SV')).status).toBe(200)
    expect((await world.order('INV')).status).toBe(429)
    world.pass(minutes(1))
    expect((await world.order('INV')).status).toBe(200)
  })

  test('lists every rooftop that was polled', async () => {
    await using world = await setup({ every: minutes(10), pollEvery: minutes(5) })
    const listed = async (since: string) =>
      (await world.ask(`/vendor/DVV10001/feeds/updated-data?fileTypeCode=SL&compareDate=${since}`)).body
    expect(await listed('2026-03-01')).toHaveLength(2)
    expect(await listed('2026-03-10T16:05:00%2B00:00')).toEqual([])
    world.pass(minutes(7))
    expect(await listed('2026-03-10T16:05:00%2B00:00')).toEqual([
      { dvdId: id, dealerClientId: id, fileTypeCode: 'SL', lastPollDate: '2026-03-10T16:05:00' },
    ])
  })

  test('writes everything as text: commas, slashes, leading zeros, bars and carets', async () => {
    await using world = await setup()
    const [deal] = await world.rows('SL')
    expect(deal?.['Deal Number']).toBe(' 0000117')
    expect(deal?.['Sales Price']).toMatch(/^\d{2},\d{3}\.\d{2}$/)
    expect(deal?.['Contract Date']).toMatch(/^\d{1,2}\/\d{1,2}\/202\d$/)
    const [order] = await world.rows('SV')
    expect(order?.['Labor Sale']).toMatch(/^[\d,.]+\|\|10\.00\^1,020\.50$/)
  })

  test('is the same world for the same seed, and another for another', async () => {
    await using world = await setup({ every: hours(1) })
    await using again = await setup({ every: hours(1) })
    await using other = await setup({ every: hours(1) }, { seed: 'other' })
    for (const one of [world, again, other]) {
      one.pass(days(2))
      await one.renew()
    }
    const deals = await Promise.all([world, again, other].map((one) => one.rows('SL')))
    expect(deals[1]).toEqual(deals[0])
    expect(deals[2]).not.toEqual(deals[0])
  })

  test('lives: deals are finalized, orders corrected, vehicles come and go', async () => {
    await using world = await setup({ every: hours(1), pollEvery: hours(1), changedWithin: hours(8) })
    const before = world.vendor.truth(id)
    world.pass(hours(13))
    await world.renew()
    const after = world.vendor.truth(id)
    expect(after['authenticom_sales']?.length).toBeGreaterThan(20)
    expect(after['authenticom_sales']?.map(({ deal_status }) => deal_status)).toContain('B')
    const vins = before['authenticom_inventory']?.map(({ vin }) => vin)
    expect(after['authenticom_inventory']?.filter(({ vin }) => !vins?.includes(vin))).toHaveLength(3)
  })

  test('tells of vehicles that are gone only where they were ever delivered', async () => {
    await using world = await setup({ every: hours(1), pollEvery: hours(1) })
    await world.rows('INV')
    world.pass(hours(5))
    const gone = world.vendor.truth(id)['authenticom_inventory']?.filter((row) => row['gone'] === true)
    expect(gone).toHaveLength(1)
  })
})
