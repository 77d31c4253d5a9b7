import { ctm } from '../../jobs/ctm/definition'
import { sync } from '../../jobs/ctm/sync'
import {
  PagingLoopError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../src/job/errors'
import { days, hours, minutes } from '../../src/lib/durations'
import { startSandbox, truthFields, truthHash, type TruthRow } from '../../sandbox'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { pseudonym, SyncDriver } from '../support/drive-sync'

const epoch = new Date('2026-03-10T16:00:00Z')
const secrets = { access_key: 'agency-key', secret_key: 'agency-secret', key_scope: 'agency' }

const setup = async ({
  history = 0,
  every = 0,
  timezone = 'America/New_York',
  totals = true,
  settings = {},
  start = epoch,
  account = '7',
  key = secrets,
} = {}) => {
  let now = start
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    ctm: {
      accounts: [
        { id: 7, name: 'Seven', timezone, history, every, totals },
        { id: 8, name: 'Eight', timezone },
      ],
      keys: [
        { ...secrets, key_scope: 'agency' },
        { access_key: 'seven-key', secret_key: 'seven-secret', key_scope: 'account', accounts: [7] },
      ],
      limits: { perSecond: 100_000, inFlight: 2 },
    },
  })
  const calls: VendorCall[] = []
  const { door, waits } = testDoor(sandbox.baseUrl('ctm'), {
    onCall: (call) => calls.push(call),
    now: () => now,
  })
  const driver = new SyncDriver(ctm, sync, {
    externalId: account,
    timezone,
    secrets: key,
    settings,
    http: door,
    now: () => now,
  })
  return {
    sandbox,
    vendor: sandbox.vendors.ctm,
    driver,
    waits,
    calls,
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** The requests that a whole sync takes. */
    run: async () => {
      const before = calls.length
      await driver.run()
      return calls.length - before
    },
    call: (at: string, fields: Record<string, unknown> = {}) =>
      String(sandbox.vendors.ctm.addCall(7, Date.parse(at) / 1000, fields)),
    /** What is held and what should be. */
    hashes: () => ({
      held: [...driver.rows.values()].map((row) => truthHash(row as TruthRow)).toSorted(),
      truth: [...sandbox.vendors.ctm.truth(7)].map(({ hash }) => hash).toSorted(),
    }),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

describe('ctm', () => {
  describe('first load', () => {
    test('copies thirteen months, month by month, oldest first', async () => {
      await using world = await setup({
        history: 2000,
        every: 60_000,
        start: new Date(epoch.getTime() + hours(1)),
      })
      await world.run()
      const { held, truth } = world.hashes()
      expect(held).toEqual(truth)
      expect(world.driver.pages.filter(({ completes }) => completes === 'slice')).toHaveLength(14)
      expect(world.driver.notes[0]).toMatch(/^2025-02-10 to 2025-02-28: \d+ calls$/)
      expect(world.driver.notes.at(-1)).toMatch(/^2026-03-01 to 2026-03-11: \d+ calls$/)
      expect(world.driver.cursor).toMatchObject({ through: '2026-03-10', swept: '2026-03-10' })
      expect(world.driver.position).toBeNull()
      expect(world.driver.rejected).toEqual([])
    })

    test('reaches back as far as the account’s settings say', async () => {
      await using world = await setup({ history: 100, settings: { first_load_months: 1 } })
      expect(await world.run()).toBe(1)
      expect(world.driver.notes[0]).toMatch(/^2026-02-10 to 2026-03-11/)
    })

    test('goes on with the month, and the page, at which it was cut off', async () => {
      await using world = await setup({ history: 5000 })
      await world.driver.run({ pages: 4 })
      expect(world.driver.position).toMatchObject({ from: '2025-03-01', to: '2025-03-31', pages: 1 })
      expect(world.driver.cursor).toMatchObject({ through: '2025-02-28', swept: null })
      const written = world.driver.rows.size
      const before = world.calls.length
      await world.driver.run({ pages: 1 })
      expect(world.calls.length - before).toBe(1)
      expect(world.driver.rows.size).toBe(written + 150)
      await world.driver.run()
      const { held, truth } = world.hashes()
      expect(held).toEqual(truth)
    })

    test('moves no cursor before the last page of a month', async () => {
      await using world = await setup({ history: 9000 })
      world.sandbox.faults.add({ kind: 'cut', skip: 2, times: 3 })
      await expect(world.driver.run()).rejects.toThrow(VendorUnavailableError)
      expect(world.driver.cursor).toBeNull()
      expect(world.driver.position).toMatchObject({ pages: 2, to: '2025-02-28' })
    })
  })

  describe('afterwards', () => {
    test('costs one request while nothing happens', async () => {
      await using world = await setup({ history: 20 })
      await world.run()
      world.pass(minutes(15))
      expect(await world.run()).toBe(1)
      world.pass(days(5))
      expect(await world.run()).toBe(1)
      world.pass(days(30))
      expect(await world.run()).toBe(1)
      world.pass(minutes(15))
      expect(await world.run()).toBe(1)
    })

    test('costs one request where there has never been a call', async () => {
      await using world = await setup()
      await world.run()
      world.pass(minutes(15))
      expect(await world.run()).toBe(1)
      expect(world.driver.cursor).toMatchObject({ newest: null, through: '2026-03-10' })
    })

    test('keeps up with new, late and edited calls', async () => {
      await using world = await setup({ history: 500, every: 30_000 })
      await world.run()
      for (let round = 0; round < 5; round += 1) {
        world.pass(minutes(7))
        await world.run()
        const { held, truth } = world.hashes()
        expect(held).toEqual(truth)
      }
      expect(world.driver.rows.size).toBeGreaterThan(560)
    })

    test('reads three days behind the latest call again', async () => {
      await using world = await setup()
      const id = world.call('2026-03-08T15:00:00Z', { tag_list: ['sales'] })
      world.call('2026-03-10T15:00:00Z')
      await world.run()
      world.vendor.editCall(7, Number(id), { tag_list: ['sales', 'sold'] })
      world.pass(minutes(15))
      await world.run()
      expect(world.driver.notes.at(-1)).toMatch(/^2026-03-07 to 2026-03-11/)
      expect(world.driver.rows.get(id)).toMatchObject({ tag_list: ['sales', 'sold'] })
    })

    test('reads the last thirty days again once a week', async () => {
      await using world = await setup()
      const id = world.call('2026-02-20T15:00:00Z')
      world.call('2026-03-10T15:00:00Z')
      await world.run()
      world.vendor.editCall(7, Number(id), { sale: { value: 21500.5, sale_date: '2026-03-09' } })
      world.pass(days(6))
      await world.run()
      expect(world.driver.rows.get(id)).toMatchObject({ sale_value: null })
      world.pass(days(1))
      expect(await world.run()).toBe(1)
      expect(world.driver.rows.get(id)).toMatchObject({ sale_value: '21500.5', sale_date: '2026-03-09' })
      world.pass(days(1))
      await world.run()
      expect(world.driver.notes.at(-1)).toMatch(/^2026-03-07 to/)
    })

    test('loads month by month what a long pause left out', async () => {
      await using world = await setup({ history: 50, every: hours(1) })
      await world.run()
      const before = world.driver.notes.length
      world.pass(days(90))
      await world.run()
      expect(world.driver.notes.slice(before).map((note) => note.slice(0, 24))).toEqual([
        '2026-03-03 to 2026-03-31',
        '2026-04-01 to 2026-04-30',
        '2026-05-01 to 2026-05-31',
        '2026-06-01 to 2026-06-09',
      ])
      expect(world.driver.rows.size).toBeGreaterThan(2100)
    })

    test('leaves calls in place that the vendor no longer lists', async () => {
      await using world = await setup()
      const id = world.call('2026-03-10T15:00:00Z')
      await world.run()
      world.vendor.vanishCall(7, Number(id))
      await world.run()
      expect(world.driver.rows.has(id)).toBe(true)
    })

    test('is not led into the future by a call with a wrong clock', async () => {
      await using world = await setup()
      world.call('2026-03-11T12:00:00Z')
      await world.run()
      expect(world.driver.cursor).toMatchObject({ newest: null })
      const id = world.call('2026-03-10T15:59:00Z')
      await world.run()
      expect(world.driver.rows.has(id)).toBe(true)
    })
  })

  describe('days of the account', () => {
    test('include the evening that is the next day in UTC', async () => {
      // 22:30 on the 9th in Los Angeles, the 10th in UTC.
      await using world = await setup({
        timezone: 'America/Los_Angeles',
        start: new Date('2026-03-10T05:40:00Z'),
      })
      await world.run()
      const id = world.call('2026-03-10T05:30:00Z')
      await world.run()
      expect(world.driver.rows.get(id)).toMatchObject({ call_day: '2026-03-09' })
      expect(world.driver.notes.at(-1)).toMatch(/to 2026-03-10/)
    })

    test('include the early hours that are still yesterday in UTC', async () => {
      await using world = await setup({
        timezone: 'Pacific/Auckland',
        start: new Date('2026-03-09T12:30:00Z'),
      })
      const id = world.call('2026-03-09T12:10:00Z')
      await world.run()
      expect(world.driver.rows.get(id)).toMatchObject({ call_day: '2026-03-10' })
    })

    test.each([
      ['of 23 hours', '2026-03-08', ['2026-03-08T05:00:00Z', '2026-03-09T03:59:59Z'], '2026-03-11T20:00:00Z'],
      ['of 25 hours', '2026-11-01', ['2026-11-01T04:00:00Z', '2026-11-02T04:59:59Z'], '2026-11-04T20:00:00Z'],
    ])('%s are read from end to end', async (_, day, instants, start) => {
      await using world = await setup({ start: new Date(start), settings: { first_load_months: 1 } })
      const ids = instants.map((at) => world.call(at))
      // The window of the second sync begins on the day itself, three days behind this call.
      world.call(new Date(Date.parse(start) - hours(1)).toISOString())
      await world.run()
      world.driver.rows.clear()
      await world.run()
      expect(world.driver.notes.at(-1)).toMatch(new RegExp(`^${day} to`))
      for (const id of ids) expect(world.driver.rows.get(id)).toMatchObject({ call_day: day })
    })
  })

  describe('paging', () => {
    test('does without totals', async () => {
      await using world = await setup({ history: 5000, totals: false, settings: { first_load_months: 1 } })
      expect(await world.run()).toBe(3)
    })

    test('follows only the query of a link to another host', async () => {
      await using world = await setup({ history: 5000, settings: { first_load_months: 1 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'foreign-link', times: 2 })
      expect(await world.run()).toBe(3)
      expect(world.driver.rows.size).toBeGreaterThan(330)
    })

    test('stops at a link that leads back', async () => {
      await using world = await setup({ history: 5000, settings: { first_load_months: 1 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'loop' })
      await expect(world.driver.run()).rejects.toThrow(PagingLoopError)
      expect(world.driver.cursor).toBeNull()
    })

    test('starts the window over where the vendor has forgotten the position', async () => {
      await using world = await setup({ history: 5000, settings: { first_load_months: 1 } })
      await world.driver.run({ pages: 1 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'forgotten-cursor' })
      await world.driver.run()
      expect(world.driver.pages[1]).toEqual({ stream: 'calls', records: [], position: null, restarts: true })
      expect(world.driver.rows.size).toBeGreaterThan(330)
      expect(world.driver.position).toBeNull()
    })

    test('finishes yesterday’s window, then reads today’s', async () => {
      await using world = await setup({ history: 5000, settings: { first_load_months: 1 } })
      await world.driver.run({ pages: 1 })
      world.pass(days(1))
      const id = world.call('2026-03-11T15:00:00Z')
      await world.driver.run()
      expect(world.driver.rows.has(id)).toBe(true)
      expect(world.driver.cursor).toMatchObject({ through: '2026-03-11', newest: '2026-03-11T15:00:00.000Z' })
    })
  })

  describe('refusals and faults', () => {
    test.each([
      ['a revoked key', {}, VendorAuthError],
      ['an account that does not exist', { account: '999' }, VendorConfigError],
      [
        'an account of somebody else',
        { account: '8', key: { access_key: 'seven-key', secret_key: 'seven-secret', key_scope: 'account' } },
        VendorConfigError,
      ],
    ])('%s ends the attempt at once', async (what, options, expected) => {
      await using world = await setup(options)
      if (what === 'a revoked key') world.vendor.revoke('agency-key')
      await expect(world.driver.run()).rejects.toThrow(expected)
      expect(world.calls).toHaveLength(1)
      expect(world.driver.pages).toEqual([])
    })

    test.each([
      ['a server error', { kind: 'status', status: 500 }],
      ['a reset connection', { kind: 'reset' }],
      ['a cut connection', { kind: 'cut' }],
      ['half an answer', { kind: 'truncated' }],
      ['a fault page', { kind: 'html' }],
      ['an answer without calls', { kind: 'quirk', name: 'without-calls' }],
      ['a refusal with a short wait', { kind: 'status', status: 429, retryAfter: 2 }],
      ['a refusal without a wait', { kind: 'status', status: 429 }],
    ] as const)('%s is got over', async (_, fault) => {
      await using world = await setup({ history: 5000, settings: { first_load_months: 1 } })
      world.sandbox.faults.add({ ...fault, skip: 1 })
      expect(await world.run()).toBe(4)
      expect(world.waits).toHaveLength(1)
      expect(world.driver.rows.size).toBeGreaterThan(330)
    })

    test('an answer that stays without calls is the vendor’s fault', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'without-calls', times: 3 })
      await expect(world.driver.run()).rejects.toThrow(VendorResponseError)
    })

    test('a long wait is handed up with the position kept', async () => {
      await using world = await setup({ history: 5000, settings: { first_load_months: 1 } })
      world.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 600, skip: 1 })
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RateLimitedError)
      expect(failure).toMatchObject({ retryAfter: 600_000 })
      expect(world.driver.position).toMatchObject({ pages: 1 })
    })

    test('an abort ends it with the reason given', async () => {
      await using world = await setup()
      const stop = new AbortController()
      const reason = new Error('stopping')
      stop.abort(reason)
      await expect(world.driver.run({ signal: stop.signal })).rejects.toBe(reason)
    })

    test('bad calls are handed on one by one, and the good ones stay', async () => {
      await using world = await setup()
      const good = world.call('2026-03-10T15:00:00Z')
      world.call('2026-03-10T15:01:00Z', { duration: 'a while' })
      world.call('2026-03-10T15:02:00Z', { account_id: 8 })
      world.call('2026-03-10T15:03:00Z', { unix_time: 'noon' })
      world.call('2026-03-10T15:04:00Z', { id: 4711.5 })
      await world.run()
      expect([...world.driver.rows.keys()]).toEqual([good])
      expect(world.driver.rejected).toHaveLength(4)
    })
  })

  test('holds what the truth says in every compared column', async () => {
    await using world = await setup({ history: 800, every: 20_000 })
    world.pass(hours(1))
    await world.run()
    const truth = new Map([...world.vendor.truth(7)].map((row) => [row.call_id, row]))
    expect(world.driver.rows.size).toBe(truth.size)
    for (const [id, row] of world.driver.rows) {
      const { hash: _, ...expected } = truth.get(id) as TruthRow & { hash: string }
      const held = Object.fromEntries(truthFields.map((field) => [field, row[field]]))
      expect({
        ...held,
        called_at: (held['called_at'] as Date).toISOString(),
        sale_value: held['sale_value'] === null ? null : Number(held['sale_value']),
      }).toEqual(expected)
    }
  })

  test('yields nothing of a person but a keyed hash and a rough place', async () => {
    await using world = await setup({ history: 3000, every: 60_000 })
    world.pass(hours(1))
    const id = world.call('2026-03-10T15:00:00Z', {
      caller_number: '+15555550177',
      postal_code: '45501-1234',
    })
    await world.run()
    const all = JSON.stringify([world.driver.pages, world.driver.notes])
    for (const canary of [
      'SAMPLE',
      '@',
      '%40',
      '+1555555017',
      '5555550177',
      '192.0.2',
      '45501',
      '39.92',
      '?visitor',
    ]) {
      expect(all).not.toContain(canary)
    }
    expect(world.driver.rows.get(id)).toMatchObject({
      caller_hash: pseudonym('+15555550177'),
      postal_area: '455',
      location: 'https://dealer.example.test/trucks',
    })
  })

  test('blanks what is personal when a call is redacted', async () => {
    await using world = await setup()
    const id = world.call('2026-03-10T15:00:00Z', { ga: { cid: '11.22', gclid: 'X' }, visitor_sid: 'V1' })
    await world.run()
    expect(world.driver.rows.get(id)).toMatchObject({ caller_hash: expect.any(String), gclid: 'X' })
    world.vendor.editCall(7, Number(id), { redacted: true })
    await world.run()
    const blank = [
      'caller_hash',
      'city',
      'state',
      'postal_area',
      'gclid',
      'ga_cid',
      'visitor_sid',
      'location',
    ]
    expect(world.driver.rows.get(id)).toMatchObject(Object.fromEntries(blank.map((name) => [name, null])))
  })
})
