import { setImmediate } from 'node:timers/promises'
import { startSandbox, type FaultInput, type SandboxOptions } from '../../sandbox'
import { demoOf } from '../../sandbox/ctm/demo'

const key = { access_key: 'k', secret_key: 's', key_scope: 'agency' as const }
const authorization = `Basic ${Buffer.from('k:s').toString('base64')}`

const setup = async (options: Partial<SandboxOptions> = {}) => {
  const sandbox = await startSandbox({
    port: 0,
    ctm: {
      accounts: [{ id: 7, name: 'Seven', timezone: 'UTC', history: 400 }],
      keys: [key],
      limits: { perSecond: 1000, inFlight: 10 },
    },
    ...options,
  })
  const command = async (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.url}/control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const ask = async (signal?: AbortSignal) =>
    fetch(`${sandbox.baseUrl('ctm')}/accounts/7/calls.json?per_page=150`, {
      headers: { authorization },
      redirect: 'manual',
      ...(signal ? { signal } : {}),
    })
  return { sandbox, command, ask, [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose]() }
}

describe('Sandbox', () => {
  test('answers with a status, and the wait it is told to ask for', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 7 })
    world.sandbox.faults.add({ kind: 'status', status: 429 })
    world.sandbox.faults.add({ kind: 'status', status: 503, body: { error: 'down' } })
    const answers = [await world.ask(), await world.ask(), await world.ask(), await world.ask()]
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [429, '7'],
      [429, null],
      [503, null],
      [200, null],
    ])
    expect(await answers[2]?.json()).toEqual({ error: 'down' })
  })

  test.each([{ kind: 'cut' }, { kind: 'reset' }, { kind: 'truncated' }, { kind: 'html' }] as FaultInput[])(
    'spoils an answer by %j and gives a good one afterwards',
    async (fault) => {
      await using world = await setup()
      world.sandbox.faults.add(fault)
      await expect(world.ask().then(async (answer) => answer.json())).rejects.toThrow(
        /fetch failed|terminated|JSON/,
      )
      expect(await (await world.ask()).json()).toHaveProperty('calls')
    },
  )

  test('redirects, and names the host it was told', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'redirect', to: 'http://192.0.2.1/' })
    const answer = await world.ask()
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://192.0.2.1/'])
  })

  test('answers late, or never while the client waits', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'slow', milliseconds: 20 })
    expect((await world.ask()).status).toBe(200)
    world.sandbox.faults.add({ kind: 'hang' })
    const leave = new AbortController()
    const hanging = world.ask(leave.signal).catch((error: unknown) => error)
    // The request that leaves must be the one that hangs, or the next one would.
    while (world.sandbox.meter.figures()['ctm k']?.requests !== 2) await setImmediate()
    leave.abort()
    expect(await hanging).toMatchObject({ name: 'AbortError' })
    expect((await world.ask()).status).toBe(200)
  })

  test('strikes the requests that are meant, as often as was said', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'status', status: 500, path: '/accounts/8/' })
    world.sandbox.faults.add({ kind: 'status', status: 502, vendor: 'ctm', skip: 1, times: 2 })
    const statuses = [await world.ask(), await world.ask(), await world.ask(), await world.ask()]
    expect(statuses.map(({ status }) => status)).toEqual([200, 502, 502, 200])
    world.sandbox.faults.clear()
  })

  test('enforces and records limits per key', async () => {
    const limits = { perSecond: 1000, inFlight: 1 }
    await using world = await setup({
      ctm: { accounts: [{ id: 7, name: 'S', timezone: 'UTC' }], keys: [key], limits },
    })
    world.sandbox.faults.add({ kind: 'hang' })
    const leave = new AbortController()
    const hanging = world.ask(leave.signal).catch(() => undefined)
    while (world.sandbox.meter.figures()['ctm k'] === undefined) await setImmediate()
    const refused = await world.ask()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    leave.abort()
    await hanging
    expect(world.sandbox.meter.figures()['ctm k']).toMatchObject({ mostInFlight: 2 })
    world.sandbox.meter.reset()
    expect(world.sandbox.meter.figures()['ctm k']).toMatchObject({ requests: 0, refused: 0 })
  })

  test('is controlled by HTTP as well', async () => {
    await using world = await setup()
    expect((await world.command('POST', '/faults', { kind: 'status', status: 418 })).status).toBe(200)
    expect((await world.ask()).status).toBe(418)
    await world.command('POST', '/faults', { kind: 'status', status: 418 })
    await world.command('DELETE', '/faults')
    expect((await world.ask()).status).toBe(200)
    expect(await (await world.command('GET', '/rates')).json()).toMatchObject({ 'ctm k': { requests: 2 } })
    await world.command('DELETE', '/rates')

    await world.command('POST', '/ctm/accounts', { id: 9, name: 'Nine', timezone: 'UTC' })
    const added = await world.command('POST', '/ctm/accounts/9/calls', {
      unix_time: 1_772_633_520,
      source: 'X',
    })
    const { id } = (await added.json()) as { id: number }
    await world.command('PATCH', `/ctm/accounts/9/calls/${id}`, { tag_list: ['sold'] })
    const truth = await (await world.command('GET', '/ctm/accounts/9/truth')).text()
    expect(
      truth
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([expect.objectContaining({ call_id: String(id), source: 'X', tag_list: ['sold'] })])
    await world.command('DELETE', `/ctm/accounts/9/calls/${id}`)

    await world.command('POST', '/ctm/keys', { access_key: 'k2', secret_key: 's2', key_scope: 'agency' })
    await world.command('POST', '/ctm/revoke', { access_key: 'k' })
    expect((await world.ask()).status).toBe(401)
    await world.command('POST', '/ctm/restore', { access_key: 'k' })
    expect((await world.ask()).status).toBe(200)
  })

  test('streams the whole truth of a large account', async () => {
    await using world = await setup()
    const truth = await (await world.command('GET', '/ctm/accounts/7/truth')).text()
    expect(truth.trim().split('\n')).toHaveLength(400)
  })

  test('holds its time still, moves it on, and lets it go', async () => {
    let now = new Date('2026-03-10T16:00:00Z')
    await using world = await setup({ now: () => now })
    const time = async () => ((await (await world.command('GET', '/clock')).json()) as { now: string }).now
    await world.command('POST', '/clock', { freeze: true })
    now = new Date('2026-03-10T17:00:00Z')
    expect(await time()).toBe('2026-03-10T16:00:00.000Z')
    await world.command('POST', '/clock', { advanceMs: 60_000 })
    expect(await time()).toBe('2026-03-10T16:01:00.000Z')
    await world.command('POST', '/clock', { freeze: false })
    expect(await time()).toBe('2026-03-10T17:01:00.000Z')
  })

  test.each([
    ['POST', '/faults', { kind: 'earthquake' }],
    ['POST', '/faults', { kind: 'status', status: 'five hundred' }],
    ['POST', '/clock', { advanceMs: -1 }],
    ['GET', '/ctm/accounts/999/truth', undefined],
    ['POST', '/ctm/accounts', { id: 'x' }],
  ])('says what is wrong with %s %s %j', async (method, path, body) => {
    await using world = await setup()
    const answer = await world.command(method, path, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ error: expect.any(String) })
  })

  test('has nothing anywhere else', async () => {
    await using world = await setup()
    expect((await world.command('GET', '/nothing')).status).toBe(404)
    expect((await world.command('GET', '/ctm/nothing')).status).toBe(404)
    expect((await fetch(world.sandbox.url)).status).toBe(404)
  })

  test('says so where its port is taken, and stops twice without harm', async () => {
    await using world = await setup()
    const port = Number(new URL(world.sandbox.url).port)
    await expect(startSandbox({ port })).rejects.toThrow(/EADDRINUSE/)
    await world.sandbox[Symbol.asyncDispose]()
    await world.sandbox[Symbol.asyncDispose]()
  })

  test('serves its demo clients with their own keys', async () => {
    const seed = 'demo'
    await using sandbox = await startSandbox({ port: 0, seed })
    const { credentials, accounts } = demoOf(seed)
    expect(accounts).toHaveLength(12)
    expect(credentials).toHaveLength(6)
    for (const account of accounts) {
      const { access_key, secret_key } =
        credentials.find(({ id }) => id === account.credential)?.secrets ?? {}
      const answer = await fetch(`${sandbox.baseUrl('ctm')}/accounts/${account.external_id}.json`, {
        headers: {
          authorization: `Basic ${Buffer.from(`${String(access_key)}:${String(secret_key)}`).toString('base64')}`,
        },
      })
      // Seven of them share a key that is asked five times a second at most.
      expect([200, 429]).toContain(answer.status)
    }
  })
})
