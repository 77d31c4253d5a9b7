import { randomUUID } from 'node:crypto'
import { days, hours, seconds } from '../../src/lib/durations'
import { cdk } from '../../jobs/cdk/definition'
import { startSandbox } from '../../sandbox'
import { fortellisPart } from '../../sandbox/fortellis/part'
import { uuidOf } from '../../sandbox/fortellis/operations'

const epoch = new Date('2026-03-10T16:00:00Z')
const subscription = uuidOf('a dealership')
const sleeping = uuidOf('one that has not activated the app')
const app = { api_key: 'key', api_secret: 'secret' }
const basic = `Basic ${Buffer.from('key:secret').toString('base64')}`
const closed = '/cdk/drive/fisales/v4/closed'

const setup = async ({ history = 30, every = 0, seed = 'sandbox' } = {}) => {
  let now = epoch
  const departments = { finance: ['FI-1'], service: ['SV-1'] }
  const sandbox = await startSandbox({
    port: 0,
    epoch,
    seed,
    now: () => now,
    fortellis: {
      accounts: [
        { subscription_id: subscription, name: 'One', departments, history, every },
        { subscription_id: sleeping, name: 'Two', departments, active: false },
      ],
      apps: [app],
      limits: { perSecond: 1000, inFlight: 10 },
    },
  })
  const url = sandbox.baseUrl('fortellis')
  const tokenOf = async (headers: Record<string, string> = { authorization: basic }) =>
    fetch(`${url}/identity/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'anonymous' }),
    })
  const { access_token } = (await (await tokenOf()).json()) as { access_token: string }
  const good = {
    authorization: `Bearer ${access_token}`,
    accept: 'application/json',
    'subscription-id': subscription,
    'department-id': 'FI-1',
    'request-id': randomUUID(),
  }
  const ask = async (path: string, headers: Record<string, string | undefined> = {}) => {
    const given = Object.entries({ ...good, ...headers }).filter(([, value]) => value !== undefined)
    const answer = await fetch(`${url}/api${path}`, {
      headers: Object.fromEntries(given) as Record<string, string>,
    })
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    }
  }
  return {
    sandbox,
    vendor: sandbox.vendors.fortellis,
    tokenOf,
    ask,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** An extract from start to result. */
    extract: async (path: string, prefix: string, headers = {}) => {
      const { operationId } = (await ask(path, headers)).body
      now = new Date(now.getTime() + seconds(30))
      return (await ask(`${prefix}/long-operations/${String(operationId)}/result`, headers)).body[
        'data'
      ] as Record<string, Record<string, unknown>>[]
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

describe('the Fortellis of the sandbox', () => {
  test('gives tokens to the app alone, and each for an hour', async () => {
    await using world = await setup()
    expect((await world.tokenOf({ authorization: 'Basic eDp5' })).status).toBe(401)
    expect((await world.ask(`${closed}?startDate=2026-03-01&endDate=2026-03-10`)).status).toBe(202)
    world.pass(hours(1))
    expect((await world.ask(closed)).body).toMatchObject({ code: 'TOKEN-EXPIRED' })
    world.vendor.tokens.revoke('key')
    expect((await world.tokenOf()).status).toBe(401)
    expect((await world.ask(closed)).body).toMatchObject({ code: 'INVALID-TOKEN' })
  })

  test.each([
    ['no token', { authorization: undefined }, 401, 'MISSING-AUTHORIZATION'],
    ['no subscription', { 'subscription-id': undefined }, 400, 'MISSING-SUBSCRIPTION-ID'],
    ['another’s subscription', { 'subscription-id': randomUUID() }, 403, 'SUBSCRIPTION-MISMATCH'],
    ['a subscription that is not active', { 'subscription-id': sleeping }, 403, 'API-SUBSCRIPTION-INACTIVE'],
    ['no department', { 'department-id': undefined }, 400, undefined],
    ['a department of another kind', { 'department-id': 'SV-1' }, 400, undefined],
    ['no request id', { 'request-id': undefined }, 400, undefined],
    ['a request id that is no UUID', { 'request-id': '1' }, 400, undefined],
  ])('refuses %s', async (_, headers, status, code) => {
    await using world = await setup()
    const answer = await world.ask(`${closed}?startDate=2026-03-01&endDate=2026-03-10`, headers)
    expect([answer.status, answer.body['code']]).toEqual([status, code])
  })

  test.each([
    [`${closed}/delta?startDate=2026-03-08T15:59:59Z&endDate=2026-03-10T16:00:00Z`, 400],
    [`${closed}/delta?startDate=2026-03-08T16:00:00Z&endDate=2026-03-10T16:00:00Z`, 202],
    [`${closed}/delta?startDate=2026-03-10&endDate=2026-03-10`, 400],
    [`${closed}?startDate=2026-02-06&endDate=2026-03-10`, 400],
    [`${closed}?startDate=2026-02-07&endDate=2026-03-10`, 202],
    [`${closed}?startDate=03/01/2026&endDate=2026-03-10`, 400],
    [`${closed}?endDate=2026-03-10`, 400],
    [`${closed}?startDate=2026-03-01&endDate=2026-03-10&page=2`, 400],
    ['/cdk/drive/fisalessetup/v3/history?startDate=2025-08-01&endDate=2026-01-31', 202],
    ['/cdk/drive/fisalessetup/v3/history?startDate=2025-08-01&endDate=2026-02-01', 400],
    ['/cdk/drive/fisalessetup/v3/history?startDate=2026-02-01&endDate=2026-02-08', 400],
    ['/cdk/drive/fisales/v9/closed', 404],
    ['/cdk/drive/fisales/v4/elsewhere', 404],
  ])('answers %s with %i', async (path, status) => {
    await using world = await setup()
    expect((await world.ask(path)).status).toBe(status)
  })

  test('prepares an extract, keeps it for a day, and echoes the request id', async () => {
    await using world = await setup()
    const started = await world.ask(`${closed}?startDate=2026-02-10&endDate=2026-03-10`)
    expect(started).toMatchObject({ status: 202, body: { status: 'received', checkStatusAfterSeconds: 30 } })
    expect(started.headers.get('request-id')).toMatch(/^[\da-f-]{36}$/)
    const of = `/cdk/drive/fisales/v4/long-operations/${String(started.body['operationId'])}`
    expect((await world.ask(`${of}/status`)).body).toMatchObject({ status: 'received' })
    expect((await world.ask(`${of}/result`)).status).toBe(404)
    world.pass(seconds(30))
    expect((await world.ask(`${of}/status`)).body).toMatchObject({
      status: 'complete',
      checkStatusAfterSeconds: null,
    })
    expect((await world.ask(`${of}/result`)).body['data']).not.toHaveLength(0)
    world.pass(days(1))
    await world.tokenOf()
    world.vendor.operations.lose()
    expect((await world.ask(`${of}/result`)).status).not.toBe(200)
  })

  test('shows every way in which versions differ', async () => {
    await using world = await setup({ history: 60 })
    const sales = [
      ...(await world.extract(
        '/cdk/drive/fisalessetup/v3/history?startDate=2025-02-01&endDate=2025-07-31',
        '/cdk/drive/fisalessetup/v3',
      )),
    ]
    const has = (part: string, field: string) => sales.some((sale) => field in (sale[part] ?? {}))
    for (const [part, field] of [
      ['deal', 'msrp'],
      ['deal', 'mSRP'],
      ['vehicle', 'glVehicleCost'],
      ['vehicle', 'gLVehicleCost'],
      ['salesPersons', 'fIMgr1'],
      ['salesPersons', 'fiMgr1'],
    ] as const)
      expect([field, has(part, field)]).toEqual([field, true])
    expect(new Set(sales.map(({ deal }) => typeof deal?.['cashPrice']))).toEqual(
      new Set(['string', 'number']),
    )
    expect(sales.some((sale) => 'cobuyer' in sale) && sales.some((sale) => 'coBuyer' in sale)).toBe(true)
    expect(sales.some(({ deal }) => deal?.['hostItemId'] === '')).toBe(true)
  })

  test('is the same world for the same seed and epoch, and lives on', async () => {
    await using world = await setup({ every: 60_000 })
    await using again = await setup({ every: 60_000 })
    await using other = await setup({ every: 60_000, seed: 'other' })
    for (const one of [world, again, other]) one.pass(hours(3))
    const truths = [world, again, other].map(({ vendor }) => JSON.stringify(vendor.truth(subscription)))
    expect(truths[1]).toBe(truths[0])
    expect(truths[2]).not.toBe(truths[0])
    const before = world.vendor.truth(subscription)['cdk_sales'] as unknown[]
    world.pass(hours(1))
    expect((world.vendor.truth(subscription)['cdk_sales'] as unknown[]).length).toBeGreaterThan(before.length)
  })

  test('has demo clients that the job can be set up with', async () => {
    await using sandbox = await startSandbox({ port: 0, seed: 'demo' })
    const { credentials, accounts } = fortellisPart.demo('demo', {} as never)
    expect(credentials.map(({ secrets }) => cdk.secrets.safeParse(secrets).success)).toEqual([true])
    expect(accounts).toHaveLength(12)
    for (const { external_id, settings } of accounts) {
      expect(cdk.externalId?.safeParse(external_id).success).toBe(true)
      expect(cdk.settings.safeParse(settings).success).toBe(true)
      for (const rows of Object.values(sandbox.vendors.fortellis.truth(external_id)))
        expect([...rows].length).toBeGreaterThan(10)
    }
  })

  test('takes commands of tests in other processes', async () => {
    await using world = await setup({ history: 1 })
    const command = async (method: string, path: string, body?: object) =>
      fetch(`${world.sandbox.url}/control/fortellis${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const place = { subscription, kind: 'sales', department: 'FI-1' }
    const { index } = (await (await command('POST', '/records', place)).json()) as { index: number }
    await command('PATCH', '/records', { ...place, index, facts: { frontGross: 12_300 } })
    const truth = await (await command('GET', `/truth?subscription=${subscription}`)).text()
    expect(truth).toContain('"front_gross":"123"')
    await command('POST', '/revoke', { api_key: 'key' })
    expect((await world.tokenOf()).status).toBe(401)
    await command('POST', '/restore', { api_key: 'key' })
    expect((await world.tokenOf()).status).toBe(200)
    expect((await command('POST', '/no-such-command')).status).toBe(404)
  })
})
