import { cdk } from '../../jobs/cdk/definition'
import { sync } from '../../jobs/cdk/sync'
import {
  NotReadyError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../src/job/errors'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { decimalText } from '../../src/job/values'
import { startSandbox } from '../../sandbox'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { SyncDriver, type DriveOptions } from '../support/drive-sync'

const epoch = new Date('2026-03-10T16:00:00Z')
const subscription = '3f9b7a4e-6c1d-4e2a-8b57-0a1b2c3d4e5f'
const app = { api_key: 'app-key', api_secret: 'app-secret' }
const streams = ['sales', 'repair_orders', 'appointments', 'customers'] as const
type Row = Readonly<Record<string, unknown>>

const setup = async ({
  history = 0,
  every = 0,
  step = hours(1),
  finance = ['FI-1'],
  service = ['SV-1'],
  timezone = 'America/New_York',
  settings = {},
  start = epoch,
  secrets = app,
  prepareMs = 500,
  checkAfterSeconds = 1,
  active = true,
} = {}) => {
  let now = start
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    fortellis: {
      accounts: [
        {
          subscription_id: subscription,
          name: 'Seven',
          departments: { finance, service },
          active,
          history,
          every,
          step,
          prepareMs,
          checkAfterSeconds,
        },
      ],
      apps: [app],
      limits: { perSecond: 100_000, inFlight: 2 },
    },
  })
  const calls: VendorCall[] = []
  const { door, waits } = testDoor(sandbox.url, {
    baseUrls: {
      ...({} as Record<'ctm', string>),
      fortellisIdentity: `${sandbox.url}/fortellis/identity`,
      fortellis: `${sandbox.url}/fortellis/api`,
    } as never,
    onCall: (call) => calls.push(call),
    now: () => now,
    tokenClock: () => now.getTime(),
  })
  const current = {
    externalId: subscription,
    timezone,
    secrets,
    settings: { departments: { finance, service }, ...settings },
    http: door,
    now: () => now,
  } as { -readonly [Name in keyof DriveOptions]: DriveOptions[Name] }
  const driver = new SyncDriver(cdk, sync, current)
  const pass = (milliseconds: number) => {
    now = new Date(now.getTime() + milliseconds)
  }
  /** Attempts until one ends otherwise than by waiting for the vendor; time passes as the engine lets it. */
  let notesBefore = 0
  const run = async (pages?: number) => {
    notesBefore = driver.notes.length
    for (let attempt = 1; ; attempt += 1) {
      try {
        await driver.run(pages === undefined ? {} : { pages })
        return attempt
      } catch (error) {
        if (!(error instanceof NotReadyError) || attempt > 400) throw error
        pass(error.retryAfter)
      }
    }
  }
  const vendor = sandbox.vendors.fortellis
  return {
    sandbox,
    vendor,
    account: vendor.account(subscription),
    driver,
    waits,
    calls,
    pass,
    run,
    now: () => now.getTime(),
    /** The windows that were read of a stream, as its notes say. */
    windows: (name: string) => windowsIn(driver.notes, name),
    /** Those of the last sync alone. */
    lastWindows: (name: string) => windowsIn(driver.notes.slice(notesBefore), name),
    /** Extracts that were asked for. */
    starts: () => vendor.operations.count,
    settings: (changed: object) => void (current.settings = changed),
    snapshot: () => JSON.stringify(streams.map((name) => [...driver.stream(name).rows])),
    /** Goes on, killed after each page, until something is so. */
    runUntil: async (isSo: () => unknown) => {
      while (!isSo()) await run(1)
    },
    rows: (name: (typeof streams)[number]) => [...driver.stream(name).rows.values()],
    requests: () => calls.filter(({ host }) => host === 'fortellis').length,
    /** How what is held differs from what should be: nothing, where the copy is faithful. */
    differences: () =>
      Object.entries(vendor.truth(subscription)).flatMap(([table, rows]) => {
        const kept = driver.stream(table.slice('cdk_'.length)).rows
        const key = cdk.streams[table.slice('cdk_'.length) as 'sales'].key
        const expected = new Map(
          [...rows].map((row) => [key.map((name) => String(row[name])).join(' '), row]),
        )
        const surplus = [...kept.keys()]
          .filter((id) => !expected.has(id))
          .map((id) => `${table} ${id}: surplus`)
        return [
          ...surplus,
          ...[...expected].flatMap(([id, row]) => differencesOf(`${table} ${id}`, row, kept.get(id))),
        ]
      }),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

const windowsIn = (notes: readonly string[], stream: string): string[] =>
  notes
    .filter((note) => note.startsWith(`${stream} `) && note.endsWith(' records'))
    .map((note) => note.slice(stream.length + 1).replace(/: \d+ records$/, ''))

function differencesOf(name: string, expected: Row, held: Row | undefined): string[] {
  if (!held) return [`${name}: missing`]
  return Object.entries(expected).flatMap(([column, value]) => {
    const kept = held[column]
    const isSame =
      kept === value || (decimalText(kept) !== undefined && decimalText(kept) === decimalText(value))
    return isSame ? [] : [`${name} ${column}: ${JSON.stringify(kept)} instead of ${JSON.stringify(value)}`]
  })
}

describe('cdk', () => {
  test('asks for the streams that are wanted only, although all end together', async () => {
    await using world = await setup({ history: 20, every: minutes(30) })
    world.driver.wants = (stream) => stream === 'appointments'
    await world.run()
    expect(world.rows('appointments').length).toBeGreaterThan(0)
    expect(world.windows('appointments')).not.toEqual([])
    for (const other of ['sales', 'repair_orders', 'customers'] as const) {
      expect(world.windows(other)).toEqual([])
      expect(world.driver.stream(other)).toMatchObject({ cursor: null, position: null })
    }
  })

  describe('first load', () => {
    test('copies thirteen months of four streams, oldest first', async () => {
      await using world = await setup({
        history: 120,
        every: minutes(30),
        start: new Date(epoch.getTime() + hours(9)),
      })
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.rows('sales').length).toBeGreaterThan(130)
      expect(world.driver.rejected).toEqual([])
      expect(world.windows('sales')).toEqual([
        'FI-1 history 2025-02-11 to 2025-08-10',
        'FI-1 history 2025-08-11 to 2026-02-08',
        'FI-1 open 2026-02-09 to 2026-03-11',
        'FI-1 closed 2026-02-09 to 2026-03-11',
      ])
      expect(world.windows('customers')).toEqual(['FI-1 bulk', 'SV-1 bulk'])
      for (const name of streams) expect(world.driver.stream(name).position).toBeNull()
      expect(world.driver.stream('sales').cursor).toEqual({
        'FI-1': { through: '2026-03-11T01:00:00Z', swept: '2026-03-11' },
      })
    })

    test('reaches back as far as the account’s settings say', async () => {
      await using world = await setup({ history: 30, settings: { first_load_months: 2 } })
      await world.run()
      expect(world.windows('repair_orders')[0]).toBe('SV-1 history 2026-01-10 to 2026-02-07')
    })

    test('goes on where it was cut off, page after page', async () => {
      await using world = await setup({
        history: 40,
        every: minutes(30),
        start: new Date(epoch.getTime() + hours(5)),
      })
      let kills = 0
      do {
        await world.run(1)
        kills += 1
      } while (world.driver.pages.at(-1)?.stream !== 'customers' || !world.driver.pages.at(-1)?.completes)
      expect(kills).toBeGreaterThan(18)
      expect(world.differences()).toEqual([])
      expect(world.starts()).toBe(11)
    })

    test('passes over what is written of a result that was cut off', async () => {
      await using world = await setup({ history: 1100, settings: { first_load_months: 1 } })
      const isFull = () => world.driver.pages.findLast(({ records }) => records.length === 500)
      await world.runUntil(isFull)
      const before = world.driver.pages.length
      await world.run()
      const written = world.driver.pages.slice(before).filter(({ stream }) => stream === isFull()?.stream)
      expect(
        world.driver.pages.flatMap(({ stream, records }) => (stream === 'customers' ? records : [])),
      ).toHaveLength(2200)
      expect(written.length).toBeGreaterThan(0)
    })

    test('moves a department’s cursor when a slice is written', async () => {
      await using world = await setup({ history: 40 })
      await world.runUntil(() => world.driver.stream('sales').cursor !== null)
      expect(world.driver.stream('sales').cursor).toEqual({
        'FI-1': { through: '2025-08-10T00:00:00Z', swept: null },
      })
    })
  })

  describe('afterwards', () => {
    test('asks for changes only, and writes nothing where there are none', async () => {
      await using world = await setup({ history: 20, start: new Date(epoch.getTime() + days(1)) })
      await world.run()
      const [rows, requests, starts] = [world.snapshot(), world.requests(), world.starts()]
      world.pass(hours(4))
      await world.run()
      expect(world.snapshot()).toEqual(rows)
      // Start, state and result of two lists of sales and of repair orders, one of appointments, two of customers.
      expect(world.starts() - starts).toBe(7)
      expect(world.requests() - requests).toBe(21)
    })

    test('keeps up with new, changed and closed records', async () => {
      await using world = await setup({ history: 60, every: minutes(20), step: hours(2) })
      await world.run()
      for (const gap of [hours(4), hours(4), hours(20), days(1.7), days(2), minutes(15)]) {
        world.pass(gap)
        await world.run()
        expect(world.differences()).toEqual([])
      }
    })

    test('reads six hours behind the cursor', async () => {
      await using world = await setup()
      await world.run()
      world.pass(hours(4))
      await world.run()
      expect(world.lastWindows('sales')).toEqual([
        expect.stringMatching(/^FI-1 open\/delta 2026-03-10T10:00:00Z to 2026-03-10T20:00:\d\dZ/),
        expect.stringMatching(/^FI-1 closed\/delta 2026-03-10T10:00:00Z to 2026-03-10T20:00:\d\dZ/),
      ])
    })

    test('asks for no changes of more than 48 hours', async () => {
      await using world = await setup()
      await world.run()
      world.pass(hours(46))
      await world.run()
      expect(world.lastWindows('appointments')[0]).toMatch(
        /^SV-1 delta 2026-03-10T14:1\d:\d\dZ to 2026-03-12T14:0/,
      )
      expect(world.differences()).toEqual([])
    })

    test('asks for less where the vendor forgot changes meanwhile', async () => {
      await using world = await setup({ history: 5, prepareMs: minutes(9), checkAfterSeconds: 280 })
      await world.run()
      world.pass(hours(45))
      await world.run()
      const [open = '', closed = ''] = world.lastWindows('sales')
      expect(open).toMatch(/^FI-1 open\/delta/)
      expect(closed).toMatch(/^FI-1 closed\/delta/)
      const fromOf = (window: string) => Date.parse(window.split(' ')[2] ?? '')
      expect(fromOf(closed) - fromOf(open)).toBeGreaterThan(minutes(8))
      expect(world.differences()).toEqual([])
    })

    test('reads the recent lists again after a longer pause, and history after a long one', async () => {
      await using world = await setup({ history: 10, every: hours(6) })
      await world.run()
      world.pass(days(3))
      await world.run()
      expect(world.lastWindows('sales')).toEqual([
        'FI-1 open 2026-02-11 to 2026-03-13',
        'FI-1 closed 2026-02-11 to 2026-03-13',
      ])
      expect(world.lastWindows('customers')).toEqual(['FI-1 bulk', 'SV-1 bulk'])
      world.pass(days(60))
      await world.run()
      expect(world.lastWindows('sales')).toEqual([
        'FI-1 history 2026-03-13 to 2026-04-11',
        'FI-1 open 2026-04-12 to 2026-05-12',
        'FI-1 closed 2026-04-12 to 2026-05-12',
      ])
      expect(world.differences()).toEqual([])
    })

    test('reads the last month again once a week, for what no list of changes tells', async () => {
      await using world = await setup()
      const index = world.account.add('sales', 'FI-1', world.now(), 3)
      world.pass(days(1))
      await world.run()
      world.account.change('sales', 'FI-1', index, { frontGross: -12_300 }, world.now(), true)
      for (let day = 1; day <= 6; day += 1) {
        world.pass(days(1))
        await world.run()
      }
      expect(world.rows('sales')[0]).not.toMatchObject({ front_gross: '-123' })
      expect(world.differences()).toHaveLength(2)
      world.pass(days(1))
      await world.run()
      expect(world.differences()).toEqual([])
      world.pass(days(1))
      await world.run()
      expect(world.lastWindows('sales')).toHaveLength(2)
    })

    test('goes on to the present where the plan is of an earlier sync', async () => {
      await using world = await setup({ history: 10, every: hours(1) })
      await world.runUntil(() => world.driver.stream('repair_orders').position !== null)
      world.pass(hours(5))
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('decides anew where changes have become too old to ask for', async () => {
      await using world = await setup({ history: 10, every: hours(1) })
      await world.run()
      world.pass(hours(40))
      // It is cut off before it asks for anything.
      await world.run(1)
      world.pass(days(2))
      await world.run()
      expect(world.lastWindows('sales')[0]).toMatch(/^FI-1 open 2026/)
      expect(world.differences()).toEqual([])
    })
  })

  describe('departments', () => {
    test('are read each for itself', async () => {
      await using world = await setup({
        history: 15,
        finance: ['FI-1', 'FI-2'],
        service: ['SV-1', 'SV-2', 'SV-3'],
      })
      await world.run()
      expect(world.differences()).toEqual([])
      expect(new Set(world.rows('repair_orders').map((row) => row['department_id'])).size).toBe(3)
      expect(world.rows('customers')).toHaveLength(5 * 15)
    })

    test('of one kind suffice', async () => {
      await using world = await setup({ history: 15, finance: [] })
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.stream('sales').rows.size).toBe(0)
    })

    test('that the vendor refuses are left out, and said to be wrong in the end', async () => {
      await using world = await setup({
        history: 15,
        settings: { departments: { finance: ['FI-1'], service: ['SV-9', 'SV-1'] } },
      })
      await expect(world.run()).rejects.toThrow(VendorRequestError)
      expect(world.differences()).toEqual([])
      for (const name of streams) expect(world.driver.stream(name).position).toBeNull()
    })

    test('that are new are loaded, the others not again', async () => {
      const departments = { finance: ['FI-1'], service: ['SV-1'] }
      await using world = await setup({ history: 15, service: ['SV-1', 'SV-2'], settings: { departments } })
      await world.run()
      world.settings({ departments: { finance: ['FI-1'], service: ['SV-1', 'SV-2'] } })
      world.pass(hours(4))
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.lastWindows('repair_orders')[0]).toMatch(/^SV-1 open\/delta/)
    })
  })

  describe('operations', () => {
    test('are kept before they are waited for, and looked at when the vendor says', async () => {
      await using world = await setup({ history: 5, prepareMs: seconds(20), checkAfterSeconds: 30 })
      const wait = world.driver.run()
      await expect(wait).rejects.toThrow(NotReadyError)
      await expect(wait).rejects.toMatchObject({ retryAfter: seconds(30) })
      expect(world.starts()).toBe(4)
      world.pass(seconds(12))
      const requests = world.requests()
      await expect(world.driver.run()).rejects.toMatchObject({ retryAfter: seconds(18) })
      expect(world.requests()).toBe(requests)
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.vendor.operations.mostAtOnce).toBe(1)
    })

    test('that end in an error are started again, then for half of the window, then given up', async () => {
      await using world = await setup({ settings: { first_load_months: 1 } })
      world.sandbox.faults.add({
        kind: 'quirk',
        name: 'operation-error',
        path: 'fisales/v4/closed',
        times: 3,
      })
      await expect(world.run()).rejects.toThrow(VendorResponseError)
      expect(world.driver.notes.filter((note) => note.startsWith('sales FI-1 closed'))).toEqual([
        'sales FI-1 closed 2026-02-08 to 2026-03-10: error; asking again',
        'sales FI-1 closed 2026-02-08 to 2026-03-10: error; asking for half of it',
        'sales FI-1 closed 2026-02-08 to 2026-02-23: vendor_response; the department is left out',
      ])
      for (const name of ['repair_orders', 'appointments', 'customers'] as const)
        expect(world.driver.stream(name).cursor).not.toBeNull()
      expect(world.driver.stream('sales').cursor).toBeNull()
      await world.run()
      expect(world.driver.stream('sales').cursor).toMatchObject({ 'FI-1': { swept: '2026-03-10' } })
    })

    test('that end in an error once or twice are got over', async () => {
      await using world = await setup({ history: 400, every: hours(2) })
      for (const path of ['fisales/v4/open', 'servicerepairordersetup', 'serviceappointment'])
        world.sandbox.faults.add({
          kind: 'quirk',
          name: 'operation-error',
          path,
          times: path === 'serviceappointment' ? 1 : 2,
        })
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test.each([
      ['state', 'status'],
      ['result', 'result'],
    ])('whose %s is not found are started again', async (_, path) => {
      await using world = await setup({ history: 10, every: hours(2) })
      world.sandbox.faults.add({ kind: 'quirk', name: 'lost', path: `/${path}`, times: 4 })
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.notes.filter((note) => note.endsWith('lost; asking again'))).toHaveLength(4)
    })

    test('that are older than a day are started again', async () => {
      await using world = await setup({ history: 10, every: hours(2) })
      await expect(world.driver.run()).rejects.toThrow(NotReadyError)
      world.pass(hours(25))
      const requests = world.requests()
      await expect(world.driver.run()).rejects.toThrow(NotReadyError)
      // Nothing is asked about the old ones.
      expect(world.requests() - requests).toBe(4)
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('that are not ready after half an hour are asked for half of it, once', async () => {
      await using world = await setup({
        history: 20,
        checkAfterSeconds: 30,
        settings: { first_load_months: 1 },
      })
      world.sandbox.faults.add({
        kind: 'quirk',
        name: 'never-ready',
        path: 'servicerepairorder/v3/closed',
        times: 1,
      })
      await world.run()
      expect(world.driver.notes).toContain(
        'repair_orders SV-1 closed 2026-02-08 to 2026-03-10: slow; asking for half of it',
      )
      expect(world.windows('repair_orders').slice(-4)).toEqual([
        'SV-1 closed 2026-02-08 to 2026-02-23',
        'SV-1 closed 2026-02-24 to 2026-03-10',
        expect.stringMatching(/^SV-1 open\/delta/),
        expect.stringMatching(/^SV-1 closed\/delta/),
      ])
      world.sandbox.faults.add({
        kind: 'quirk',
        name: 'never-ready',
        path: 'serviceappointment/v1/delta',
        times: 4,
      })
      world.pass(hours(4))
      await expect(world.run()).rejects.toThrow(/not ready after 30 min/)
    })

    test('that hold too much are asked for in halves', async () => {
      await using world = await setup({
        history: 50,
        every: hours(1),
        start: new Date(epoch.getTime() + days(1)),
      })
      world.sandbox.faults.add({ kind: 'quirk', name: 'PAYLOAD-TOO-BIG', path: 'fisalessetup', times: 3 })
      world.sandbox.faults.add({
        kind: 'quirk',
        name: 'PAYLOAD-TOO-BIG',
        path: 'servicerepairorder/v3/long-operations',
        times: 1,
      })
      await world.run()
      expect(world.driver.notes.filter((note) => note.includes('too-big'))).toHaveLength(4)
      world.sandbox.faults.add({ kind: 'quirk', name: 'PAYLOAD-TOO-BIG', path: 'closed/delta', times: 2 })
      world.pass(hours(4))
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('that are complete at once are not waited for', async () => {
      await using world = await setup({ history: 10, prepareMs: 0 })
      await world.driver.run()
      expect(world.differences()).toEqual([])
    })

    test('may come with their records at once, or with none', async () => {
      await using world = await setup({ history: 30 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'at-once', path: 'bulk', times: 2 })
      await world.run()
      expect(world.differences()).toEqual([])
      world.sandbox.faults.add({ kind: 'quirk', name: 'empty', path: 'delta', times: 100 })
      world.pass(hours(4))
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('are followed by their id, whatever host the vendor names', async () => {
      await using world = await setup({ history: 10 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'foreign-link', times: 100 })
      await world.run()
      expect(world.differences()).toEqual([])
    })
  })

  describe('refusals', () => {
    test.each([
      ['INVALID-TOKEN', VendorAuthError],
      ['TOKEN-AUDIENCE-MISMATCH', VendorAuthError],
      ['UNAUTHORIZED-API-ACCESS', VendorAuthError],
      ['SUBSCRIPTION-MISMATCH', VendorConfigError],
      ['SUBSCRIBER-CONFIGURATION-PENDING', VendorConfigError],
      ['QUOTA-EXCEEDED', QuotaError],
      ['TARGET-SYSTEM-UNREACHABLE', VendorUnavailableError],
    ])('%s ends the attempt', async (name, expected) => {
      await using world = await setup({ history: 5 })
      world.sandbox.faults.add({ kind: 'quirk', name, path: '/api/', times: 20 })
      await expect(world.driver.run()).rejects.toThrow(expected)
      world.sandbox.faults.clear()
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('a used-up quota waits for the account’s next day', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'QUOTA-EXCEEDED', path: '/api/' })
      // Noon in New York, in summer time.
      await expect(world.driver.run()).rejects.toMatchObject({ retryAfter: hours(12) })
    })

    test('a wrong setup on the vendor’s side waits for hours', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'API-CONFIGURATION-ERROR', path: '/api/' })
      await expect(world.driver.run()).rejects.toMatchObject({ code: 'not_ready', retryAfter: hours(2) })
    })

    test('a subscription that is not active parks the account', async () => {
      await using world = await setup({ active: false })
      await expect(world.driver.run()).rejects.toThrow(VendorConfigError)
    })

    test('a revoked key parks the credential, and works again when it is restored', async () => {
      await using world = await setup({ history: 5 })
      world.vendor.tokens.revoke(app.api_key)
      await expect(world.driver.run()).rejects.toThrow(VendorAuthError)
      world.vendor.tokens.restore(app.api_key)
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('one API that is down does not keep the others from their turn', async () => {
      await using world = await setup({ history: 5 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'TARGET-SYSTEM-TIMED-OUT', path: '/fisales', times: 3 })
      await expect(world.driver.run()).rejects.toThrow(/TARGET-SYSTEM-TIMED-OUT/)
      expect(world.starts()).toBe(3)
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('a refusal for too many requests waits as long as it says', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 40, path: '/api/' })
      const refused = world.driver.run()
      await expect(refused).rejects.toThrow(RateLimitedError)
      await expect(refused).rejects.toMatchObject({ retryAfter: seconds(40) })
    })

    test('one token serves all requests, and a new one is fetched when it is over', async () => {
      await using world = await setup({ history: 5 })
      await world.run()
      expect(world.vendor.tokens.issued).toBe(1)
      world.vendor.tokens.expireAll(world.now())
      await world.run()
      expect(world.vendor.tokens.issued).toBe(2)
      world.pass(minutes(56))
      await world.run()
      expect(world.vendor.tokens.issued).toBe(3)
    })

    test('records that cannot be right are set aside, the others written', async () => {
      await using world = await setup({ history: 10 })
      expect(world.vendor.addMalformed(subscription)).toBe(8)
      await world.run()
      expect(world.driver.rejected).toHaveLength(8)
      expect(world.differences()).toEqual([])
    })

    test('records that are listed twice are kept once', async () => {
      await using world = await setup({ history: 10 })
      world.account.isDoubled = true
      await world.run()
      expect(world.differences()).toEqual([])
    })
  })

  describe('persons', () => {
    test('leave nothing of what is not to be kept', async () => {
      await using world = await setup({
        history: 30,
        every: hours(1),
        start: new Date(epoch.getTime() + days(1)),
      })
      await world.run()
      const everything = JSON.stringify([world.driver.pages, world.driver.notes])
      expect(everything).not.toMatch(/canary/i)
      expect(everything).not.toMatch(/312\D{0,2}555/)
      expect(everything).not.toContain('312555')
      expect(world.rows('sales').some((row) => row['email_hashes'] !== null)).toBe(true)
      expect(world.rows('customers').some((row) => row['phone_hashes'] !== null)).toBe(true)
    })

    test('who ask for it are forgotten in every stream, in rows of the past and of the future', async () => {
      await using world = await setup({ history: 30 })
      await world.run()
      const buyer = String(
        world.rows('sales').find((row) => row['email_hashes'] !== null)?.['buyer_customer_id'],
      )
      const index = Number(buyer) % 1_000_000
      world.account.happen('customers', 'FI-1', index, 2, world.now())
      const of = (name: (typeof streams)[number], column: string) =>
        world.rows(name).filter((row) => row[column] === buyer)
      world.pass(hours(4))
      await world.run()
      expect(world.differences()).toEqual([])
      const rows = [
        ...of('sales', 'buyer_customer_id'),
        ...of('repair_orders', 'customer_id'),
        ...of('appointments', 'customer_id'),
        ...of('customers', 'customer_id'),
      ]
      expect(rows.length).toBeGreaterThan(1)
      for (const row of rows)
        expect(row).toMatchObject({
          email_hashes: null,
          phone_hashes: null,
          city: null,
          state: null,
          postal_code: null,
        })
      expect(of('sales', 'buyer_customer_id')[0]?.['cash_price']).toBeDefined()
    })
  })

  describe('days that are asked for', () => {
    test('are read whatever has been read before, and move no cursor', async () => {
      await using world = await setup({ history: 200 })
      world.driver.days = { from: '2025-12-20', to: '2026-03-05' }
      await world.run()
      expect(world.windows('sales')).toEqual([
        'FI-1 history 2025-12-20 to 2026-02-07',
        'FI-1 open 2026-02-08 to 2026-03-05',
        'FI-1 closed 2026-02-08 to 2026-03-05',
      ])
      const inside = [...(world.vendor.truth(subscription)['cdk_sales'] ?? [])].filter((row) => {
        const filed = String(row['accounting_date'] ?? row['creation_date'])
        return filed >= '2025-12-20' && filed <= '2026-03-05'
      })
      expect(
        world
          .rows('sales')
          .map((row) => String(row['sale_id']))
          .toSorted(),
      ).toEqual(inside.map((row) => String(row['sale_id'])).toSorted())
      expect(world.rows('sales').every((row) => String(row['filed_date']) >= '2025-12-20')).toBe(true)
      expect(world.driver.stream('sales').cursor).toBeNull()
      // The vendor has no list of these by days.
      expect(world.rows('appointments')).toEqual([])
    })
  })
})
