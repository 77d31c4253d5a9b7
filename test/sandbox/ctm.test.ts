import { days, hours, minutes } from '../../src/lib/durations'
import { startSandbox, truthHash, type SandboxOptions } from '../../sandbox'

const epoch = new Date('2026-03-10T16:00:00Z')
const agency = { access_key: 'agency', secret_key: 's:ecret', key_scope: 'agency' as const }
const own = { access_key: 'own', secret_key: 'secret', key_scope: 'account' as const, accounts: [7] }

interface Listing {
  calls: Record<string, unknown>[]
  next_page: string | null
  total_entries?: number
}

const setup = async (account: object = {}, options: Partial<SandboxOptions> = {}) => {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    epoch,
    now: () => now,
    ctm: {
      accounts: [
        { id: 7, name: 'Seven', timezone: 'America/New_York', ...account },
        { id: 8, name: 'Eight', timezone: 'America/New_York' },
      ],
      keys: [agency, own],
      limits: { perSecond: 1000, inFlight: 10 },
    },
    ...options,
  })
  const ask = async (
    path: string,
    { access_key, secret_key } = agency as { access_key: string; secret_key: string },
  ) =>
    fetch(sandbox.baseUrl('ctm') + path, {
      headers: { authorization: `Basic ${Buffer.from(`${access_key}:${secret_key}`).toString('base64')}` },
    })
  const list = async (query: string): Promise<Listing> =>
    (await (await ask(`/accounts/7/calls.json?${query}`)).json()) as Listing
  return {
    sandbox,
    ctm: sandbox.vendors.ctm,
    ask,
    list,
    status: async (path: string, key?: typeof agency | typeof own) => (await ask(path, key)).status,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** Every call of a window, following links. */
    all: async (query: string) => {
      const calls: Record<string, unknown>[] = []
      let pages = 0
      for (let next: string | null = query; next !== null; pages += 1) {
        const listing: Listing = await list(next)
        calls.push(...listing.calls)
        next = listing.next_page && new URL(listing.next_page).search.slice(1)
      }
      return { calls, pages, ids: calls.map(({ id }) => Number(id)) }
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

describe('the CTM of the sandbox', () => {
  test('refuses wrong keys and accounts', async () => {
    await using world = await setup()
    expect(await world.status('/accounts/7/calls.json', { ...agency, secret_key: 'wrong' })).toBe(401)
    expect(await world.status('/accounts/7/calls.json', { ...agency, access_key: 'nobody' })).toBe(401)
    expect((await fetch(`${world.sandbox.baseUrl('ctm')}/accounts.json`)).status).toBe(401)
    expect(await world.status('/accounts/999/calls.json')).toBe(404)
    expect(await world.status('/accounts/8/calls.json', own)).toBe(403)
    expect(await world.status('/accounts/7/calls.json', own)).toBe(200)
    expect(await world.status('/accounts/7/calls')).toBe(200)
    expect(await world.status('/elsewhere')).toBe(404)
  })

  test('refuses a revoked key until it is restored', async () => {
    await using world = await setup()
    world.ctm.revoke('agency')
    expect(await world.status('/accounts/7.json')).toBe(401)
    world.ctm.restore('agency')
    expect(await world.status('/accounts/7.json')).toBe(200)
  })

  test('lists the accounts that a key opens', async () => {
    await using world = await setup()
    const listed = async (key: typeof own) =>
      (
        (await (await world.ask('/accounts.json', key)).json()) as { accounts: { id: number }[] }
      ).accounts.map(({ id }) => id)
    expect(await listed(own)).toEqual([7])
    expect(await listed(agency as unknown as typeof own)).toEqual([7, 8])
  })

  test.each([
    ['per_page=151', 'per_page limit is 150'],
    ['per_page=0', 'per_page is invalid'],
    ['start_date=2026-13-01', 'start_date and end_date must be dates as YYYY-MM-DD'],
    ['end_date=03/01/2026', 'start_date and end_date must be dates as YYYY-MM-DD'],
    ['after=nonsense', 'after is invalid'],
    ['page=0', 'page is invalid'],
  ])('refuses %s', async (query, error) => {
    await using world = await setup()
    const answer = await world.ask(`/accounts/7/calls.json?${query}`)
    expect([answer.status, await answer.json()]).toEqual([400, { error }])
  })

  test('pages by cursor through every call once, while new ones come in', async () => {
    await using world = await setup({ history: 700, every: 1000 })
    const first = await world.list('start_date=2025-01-01&end_date=2026-12-31&per_page=150')
    expect(first.total_entries).toBeGreaterThanOrEqual(700)
    world.pass(minutes(5))
    const rest = await world.all(new URL(first.next_page ?? '').search.slice(1))
    expect(rest.pages).toBe(4)
    const ids = [...first.calls.map(({ id }) => Number(id)), ...rest.ids]
    expect(ids).toHaveLength(first.total_entries ?? 0)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('pages by number as well', async () => {
    await using world = await setup({ history: 25 })
    const pages = await Promise.all([1, 2, 3, 4].map((page) => world.list(`page=${page}`)))
    expect(pages.map(({ calls }) => calls.length)).toEqual([10, 10, 5, 0])
  })

  test('leaves totals out where the account has none', async () => {
    await using world = await setup({ history: 5, totals: false })
    expect(await world.list('per_page=150')).not.toHaveProperty('total_entries')
  })

  test('takes dates for whole days in the account’s zone, both included', async () => {
    await using world = await setup()
    // The day of 23 hours.
    const inside = ['2026-03-08T05:00:00Z', '2026-03-09T03:59:59Z'].map((at) =>
      world.ctm.addCall(7, Date.parse(at) / 1000),
    )
    for (const at of ['2026-03-08T04:59:59Z', '2026-03-09T04:00:00Z'])
      world.ctm.addCall(7, Date.parse(at) / 1000)
    const { ids } = await world.all('start_date=2026-03-08&end_date=2026-03-08')
    expect(new Set(ids)).toEqual(new Set(inside))
  })

  test('is the same world for the same seed and epoch, and another for another seed', async () => {
    const account = { history: 200, every: 5000 }
    await using world = await setup(account)
    await using again = await setup(account)
    await using other = await setup(account, { seed: 'other' })
    for (const one of [world, again, other]) one.pass(hours(2))
    const listings = await Promise.all([world, again, other].map((one) => one.all('per_page=150')))
    expect(listings[1]?.calls).toEqual(listings[0]?.calls)
    expect(listings[2]?.calls).not.toEqual(listings[0]?.calls)
  })

  test('lives: calls come in, some late, go on, end, and are edited', async () => {
    await using world = await setup({ every: 10_000 })
    const seen = new Map<number, Set<string>>()
    const counts: number[] = []
    let late = 0
    let newest = 0
    for (let step = 0; step < 60; step += 1) {
      world.pass(10_000)
      const { calls } = await world.all('per_page=150')
      counts.push(calls.length)
      for (const call of calls) {
        const id = Number(call['id'])
        if (!seen.has(id) && id < newest) late += 1
        const { indexed_at: _, ...rest } = call
        seen.set(id, (seen.get(id) ?? new Set()).add(JSON.stringify(rest)))
      }
      newest = Math.max(newest, ...seen.keys())
    }
    expect(counts.at(-1)).toBeGreaterThan(50)
    expect(late).toBeGreaterThan(0)
    const states = [...seen.values()]
    expect(states.some((versions) => [...versions][0]?.includes('in-progress') && versions.size > 1)).toBe(
      true,
    )
    expect(states.filter((versions) => versions.size > 1).length).toBeGreaterThan(10)
  })

  test('tells as the truth what a complete listing shows, and keeps vanished calls in it', async () => {
    await using world = await setup({ history: 300, every: 20_000 })
    world.pass(hours(3))
    const truth = new Set([...world.ctm.truth(7)].map(({ call_id }) => Number(call_id)))
    const { ids } = await world.all('per_page=150')
    expect(new Set(ids)).toEqual(truth)
    world.ctm.vanishCall(7, ids[3] ?? 0)
    expect((await world.all('per_page=150')).ids).toHaveLength(ids.length - 1)
    expect([...world.ctm.truth(7)]).toHaveLength(truth.size)
  })

  test('hashes a row of a copy like the truth, whichever way it holds instants and numbers', async () => {
    await using world = await setup({ history: 50 })
    const [row] = [...world.ctm.truth(7)].filter(({ sale_value }) => sale_value !== null)
    expect(row).toBeDefined()
    if (!row) return
    const held = {
      ...row,
      called_at: new Date(row.called_at as string),
      sale_value: Number(row.sale_value).toFixed(2),
    }
    expect(truthHash(held)).toBe(row.hash)
    expect(truthHash({ ...held, duration: 1 })).not.toBe(row.hash)
  })

  test('shows an edit in the list and in the truth', async () => {
    await using world = await setup()
    const id = world.ctm.addCall(7, epoch.getTime() / 1000 - 60)
    const before = [...world.ctm.truth(7)][0]?.hash
    world.ctm.editCall(7, id, { tag_list: ['sold'] })
    expect((await world.list('')).calls[0]).toMatchObject({ id, tag_list: ['sold'] })
    expect([...world.ctm.truth(7)][0]?.hash).not.toBe(before)
  })

  test('reads a page anywhere in half a million calls without making the others', async () => {
    await using world = await setup({ history: 500_000 })
    const day = '2025-08-14'
    const { ids, pages } = await world.all(`start_date=${day}&end_date=${day}&per_page=150`)
    expect(ids.length).toBeGreaterThan(1200)
    expect(pages).toBe(Math.ceil(ids.length / 150))
    let read = 0
    for (const _ of world.ctm.truth(7)) if ((read += 1) === 100) break
    expect(read).toBe(100)
  })

  test('has every call of its history within 390 days', async () => {
    await using world = await setup({ history: 100 })
    const oldest = Math.min(
      ...(await world.all('per_page=150')).calls.map(({ unix_time }) => Number(unix_time)),
    )
    expect(oldest * 1000).toBeGreaterThanOrEqual(epoch.getTime() - days(390))
  })
})
