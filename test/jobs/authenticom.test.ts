import { authenticom } from '../../jobs/authenticom/definition'
import { sync } from '../../jobs/authenticom/sync'
import {
  PagingLoopError,
  NotReadyError,
  QuotaError,
  VendorAuthError,
  VendorConfigError,
  VendorResponseError,
  VendorUnavailableError,
  WaitError,
} from '../../src/job/errors'
import type { Page, Stream } from '../../src/job/streams'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { startSandbox } from '../../sandbox'
import type { FileType } from '../../sandbox/dealervault/rooftop-spec'
import type { VendorCall } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { SyncDriver } from '../support/drive-sync'

const epoch = new Date('2026-03-10T16:00:00Z')
const program = {
  program_id: 'DVV10001',
  subscription_key: 'the-subscription-key',
  user_email: 'feeds@agency.example',
}
const small = { sales: 30, serviceOrders: 40, appointments: 20, vehicles: 12 }
interface WorldOptions {
  /** Of the rooftop's spec, what matters. */
  readonly rooftop?: object
  readonly settings?: { readonly feeds?: readonly FileType[]; readonly first_load_months?: number }
  readonly timezone?: string
  readonly start?: Date
  readonly makingTime?: number
  /** Default a tenth of what is asked for. */
  readonly largestPage?: number
}

const setup = async ({
  rooftop = {},
  settings = {},
  timezone = 'America/New_York',
  start = epoch,
  makingTime = 40_000,
  largestPage = 50,
}: WorldOptions = {}) => {
  let now = start
  const id = 'DVD40001'
  const sandbox = await startSandbox({
    port: 0,
    now: () => now,
    epoch,
    dealervault: {
      rooftops: [
        { id, timezone, ...small, ...(settings.feeds ? { feeds: [...settings.feeds] } : {}), ...rooftop },
        { id: 'DVD40002', timezone, sales: 5, dms: 'SAMPLE B' },
      ],
      program,
      limits: { perSecond: 100_000, inFlight: 10 },
      makingTime,
      largestPage,
    },
  })
  const calls: VendorCall[] = []
  const { door, waits } = testDoor(sandbox.baseUrl('dealervault'), {
    onCall: (call) => calls.push(call),
    now: () => now,
  })
  const driver = new SyncDriver(authenticom, sync, {
    externalId: id,
    timezone,
    secrets: program,
    settings,
    http: door,
    now: () => now,
  })
  const pass = (milliseconds: number): void => {
    now = new Date(now.getTime() + milliseconds)
  }
  const vendor = sandbox.vendors.dealervault
  /** Attempts until the sync ends, as the engine makes them. Returns what it waited for. */
  const finish = async (options: { pages?: number } = {}): Promise<WaitError[]> => {
    const waited: WaitError[] = []
    for (;;) {
      try {
        await driver.run(options)
        return waited
      } catch (error) {
        if (!(error instanceof WaitError) || waited.length > 200) throw error
        waited.push(error)
        pass(error.retryAfter)
      }
    }
  }
  return {
    id,
    sandbox,
    vendor,
    driver,
    door,
    waits,
    calls,
    pass,
    finish,
    /** The deliveries that were asked for. */
    posts: () => vendor.program.deliveries.count,
    /** How tables differ from the truth. */
    differences: () => differencesOf(driver, vendor.truth(id)),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

type Row = Readonly<Record<string, unknown>>

function differencesOf(driver: SyncDriver, truth: Readonly<Record<string, Iterable<Row>>>): string[] {
  return Object.entries(authenticom.streams).flatMap(([name, stream]: [string, Stream]) => {
    const canonical = (column: string, row: Row): string =>
      JSON.stringify(stream.columns[column]?.value.safeParse(row[column]).data ?? null)
    const expected = new Map(
      [...(truth[stream.table] ?? [])].map((row) => [String(row[stream.key[0] ?? '']), row]),
    )
    const { rows } = driver.stream(name)
    const surplus = [...rows.keys()]
      .filter((key) => !expected.has(key))
      .map((key) => `${name} ${key} is too much`)
    const wrong = [...expected].flatMap(([key, row]) => {
      const held = rows.get(key)
      if (!held) return [`${name} ${key} is missing`]
      if (Boolean(held['gone']) !== Boolean(row['gone'])) return [`${name} ${key} is gone in one only`]
      return Object.keys(row)
        .filter((column) => column !== 'gone' && canonical(column, row) !== canonical(column, held))
        .map(
          (column) =>
            `${name} ${key}.${column}: ${canonical(column, row)} is held as ${canonical(column, held)}`,
        )
    })
    return [...surplus, ...wrong]
  })
}

const recordsOf = (pages: readonly Page[]): number =>
  pages.reduce((sum, { records }) => sum + records.length, 0)

describe('authenticom', () => {
  describe('first load', () => {
    test('copies two years of three feeds and the lot', async () => {
      await using world = await setup()
      await world.finish()
      expect(world.differences()).toEqual([])
      expect(world.driver.stream('sales').rows.size).toBe(30)
      expect(world.driver.stream('inventory').rows.size).toBe(12)
      expect(world.driver.rejected).toEqual([])
      expect(world.driver.stream('sales').cursor).toEqual({
        through: '2026-03-10',
        polled: '2026-03-10T16:00:00',
      })
      expect(world.posts()).toBe(4)
    })

    test('waits for each delivery without an attempt spent, and longer each time', async () => {
      await using world = await setup({ makingTime: minutes(8), settings: { feeds: ['SL'] } })
      const waited = await world.finish()
      expect(waited.every(({ code }) => code === 'not_ready')).toBe(true)
      const waits = waited.map(({ retryAfter }) => retryAfter)
      expect(waits[0]).toBe(seconds(15))
      expect(waits.at(-1)).toBe(seconds(60))
      expect(waits).toEqual(waits.toSorted((a, b) => a - b))
      expect(world.posts()).toBe(1)
    })

    test('has one delivery in progress at a time', async () => {
      await using world = await setup()
      await world.finish()
      expect(world.vendor.program.deliveries.mostInProgress).toBe(1)
    })

    test('asks only for the feeds that the account has, and as far back as its settings say', async () => {
      await using world = await setup({ settings: { feeds: ['SL'], first_load_months: 1 } })
      await world.finish()
      expect(world.posts()).toBe(1)
      const { rows } = world.driver.stream('sales')
      expect(rows.size).toBeLessThan(5)
      for (const row of rows.values()) expect(String(row['status_change_date']) >= '2026-02-10').toBe(true)
    })

    test('reads a DMS that writes its headers in another way', async () => {
      await using world = await setup({ rooftop: { dms: 'SAMPLE B' } })
      await world.finish()
      expect(world.differences()).toEqual([])
    })

    test('follows tokens through three pages, one of them empty', async () => {
      await using world = await setup({
        rooftop: { sales: 1200 },
        settings: { feeds: ['SL'] },
        largestPage: 500,
      })
      world.sandbox.faults.add({ kind: 'quirk', name: 'empty-page', path: '/delivery?requestId', skip: 1 })
      await world.finish()
      expect(world.differences()).toEqual([])
      const pages = world.driver.pages.filter(({ records }) => records.length > 0)
      expect(pages.map(({ records }) => records.length)).toEqual([500, 500, 200])
    })
  })

  describe('cut off', () => {
    test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('after page %i, it goes on to the same copy', async (pages) => {
      await using world = await setup({ rooftop: { sales: 110 } })
      await world.finish({ pages })
      await world.finish()
      expect(world.differences()).toEqual([])
      expect(world.posts()).toBeLessThanOrEqual(5)
    })

    test('goes on behind the rows that are written', async () => {
      await using world = await setup({ rooftop: { sales: 110 }, settings: { feeds: ['SL'] } })
      // The first page forgets who objects, the second holds rows.
      await world.finish({ pages: 2 })
      expect(world.driver.stream('sales').position).toMatchObject({ rows: 50 })
      const before = recordsOf(world.driver.pages)
      await world.finish()
      expect(recordsOf(world.driver.pages) - before).toBe(60)
      expect(world.posts()).toBe(1)
    })

    test('reads the lot from its first row again, because what was seen belongs to a sync', async () => {
      await using world = await setup({ rooftop: { vehicles: 70 }, settings: { feeds: ['INV'] } })
      await world.finish({ pages: 1 })
      await world.finish()
      expect(world.driver.pages[1]).toMatchObject({ restarts: true, position: null })
      expect(world.driver.pages[2]?.records).toHaveLength(50)
      expect(world.differences()).toEqual([])
    })

    test('finishes yesterday’s delivery, then asks for today’s', async () => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      await expect(world.driver.run()).rejects.toThrow(NotReadyError)
      world.pass(hours(20))
      world.vendor.change(world.id, 'SL', '0000117', { raw: { Term: '84' }, truth: { term: 84 } })
      await world.finish()
      expect(world.driver.stream('sales').cursor).toMatchObject({ through: '2026-03-11' })
      expect(world.differences()).toEqual([])
      expect(world.posts()).toBe(2)
    })
  })

  describe('afterwards', () => {
    test('asks for nothing where nothing was polled', async () => {
      await using world = await setup()
      await world.finish()
      world.pass(hours(4))
      expect(await world.finish()).toEqual([])
      expect(world.posts()).toBe(4)
      expect(world.driver.notes.slice(-4)).toEqual(
        ['SL', 'SV', 'SV_APPT', 'INV'].map((feed) => `${feed}: nothing new since 2026-03-10`),
      )
    })

    test('takes an answer without a body for no news', async () => {
      await using world = await setup()
      await world.finish()
      world.pass(hours(4))
      world.sandbox.faults.add({ kind: 'quirk', name: 'no-content', times: 4 })
      expect(await world.finish()).toEqual([])
    })

    test('keeps up with new, finalized, corrected and sold', async () => {
      await using world = await setup({
        rooftop: { every: hours(2), pollEvery: hours(1), changedWithin: days(2) },
      })
      await world.finish()
      for (const step of [hours(5), hours(20), days(1), days(3), hours(7)]) {
        world.pass(step)
        await world.finish()
        expect(world.differences()).toEqual([])
      }
      const held = [...world.driver.stream('inventory').rows.values()]
      expect(held.filter(({ gone }) => gone === true).length).toBeGreaterThan(5)
    })

    test('reads a week of deals and three days of repair orders behind the last delivery again', async () => {
      await using world = await setup({ settings: { feeds: ['SL', 'SV'] } })
      const asked: unknown[] = []
      const order = world.vendor.program.deliveries
      const add = order.add.bind(order)
      order.add = (what, ...rest) => {
        asked.push([what.fileType, what.options])
        return add(what, ...rest)
      }
      await world.finish()
      world.pass(days(1))
      world.vendor.change(world.id, 'SL', '0000117', { raw: {}, truth: {} }, true)
      world.vendor.change(world.id, 'SV', '004401', { raw: {}, truth: {} }, true)
      await world.finish()
      expect(asked).toEqual([
        ['SL', { type: 'Historical', historicalMonths: 24 }],
        ['SV', { type: 'Historical', historicalMonths: 24 }],
        ['SL', { type: 'Catchup', catchupStartDate: '2026-03-03', catchupEndDate: '2026-03-11' }],
        ['SV', { type: 'Catchup', catchupStartDate: '2026-03-07', catchupEndDate: '2026-03-11' }],
      ])
    })

    test('counts days in the rooftop’s zone', async () => {
      // The 10th in Los Angeles, the 11th in UTC.
      await using world = await setup({
        timezone: 'America/Los_Angeles',
        start: new Date('2026-03-11T05:00:00Z'),
        settings: { feeds: ['SL'] },
      })
      await world.finish()
      expect(world.driver.stream('sales').cursor).toMatchObject({ through: '2026-03-10' })
    })
  })

  describe('a window of days', () => {
    test('is asked for as it is, leaves the lot alone, and remembers the feeds it has read', async () => {
      await using world = await setup({ rooftop: { sales: 400 } })
      world.driver.days = { from: '2025-06-01', to: '2025-08-31' }
      await world.finish()
      const rows = [...world.driver.stream('sales').rows.values()]
      expect(rows.length).toBeGreaterThan(20)
      for (const { status_change_date: day } of rows) {
        expect(String(day) >= '2025-06-01' && String(day) <= '2025-08-31').toBe(true)
      }
      expect(world.posts()).toBe(3)
      expect(world.driver.stream('inventory').rows.size).toBe(0)
      await world.finish()
      expect(world.posts()).toBe(6)
    })
  })

  describe('deliveries that come to nothing', () => {
    test('a failed one is asked for again after a quarter of an hour, then after an hour', async () => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error', path: '/delivery/', times: 2 })
      const waited = await world.finish()
      const long = waited.filter(({ retryAfter }) => retryAfter > minutes(1))
      expect(long.map(({ name, retryAfter }) => [name, retryAfter])).toEqual([
        ['PutOffError', minutes(15)],
        ['PutOffError', minutes(60)],
      ])
      expect(world.differences().filter((line) => line.startsWith('sales'))).toEqual([])
      expect(world.posts()).toBe(3)
    })

    test('a third failure is the end of it, and the next sync begins anew', async () => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error', path: '/delivery/', times: 3 })
      await expect(world.finish()).rejects.toThrow(VendorResponseError)
      expect(world.driver.stream('sales').cursor).toBeNull()
      await world.finish()
      expect(world.driver.stream('sales').rows.size).toBe(30)
    })

    test('the other feeds do not wait for it', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'error', path: '/delivery/' })
      const waited = await world.finish()
      const [last] = waited.filter(({ retryAfter }) => retryAfter > minutes(10))
      expect(last?.name).toBe('PutOffError')
      expect(world.driver.pages.findIndex(({ stream }) => stream === 'inventory')).toBeLessThan(
        world.driver.pages.findIndex(({ stream }) => stream === 'sales'),
      )
      expect(world.differences()).toEqual([])
    })

    test.each(['purged', 'lost'])('one that is %s is asked for once more', async (name) => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      world.sandbox.faults.add({ kind: 'quirk', name, path: '/delivery/' })
      await world.finish()
      expect(world.posts()).toBe(2)
      expect(world.driver.stream('sales').rows.size).toBe(30)
    })

    test.each(['purged', 'lost'])('one that is %s twice is the end of it', async (name) => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      world.sandbox.faults.add({ kind: 'quirk', name, path: '/delivery/', times: 2 })
      await expect(world.finish()).rejects.toThrow(VendorResponseError)
    })

    test('one that is not ready after an hour is given up', async () => {
      await using world = await setup({ makingTime: hours(3), settings: { feeds: ['SL'] } })
      await expect(world.finish()).rejects.toThrow(/no delivery after 1 h/)
    })

    test('one that is lost between two pages is asked for once more, from its first row', async () => {
      await using world = await setup({ rooftop: { sales: 110 }, settings: { feeds: ['SL'] } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'lost', path: '/delivery?requestId', skip: 1 })
      await world.finish()
      expect(world.driver.pages.some(({ restarts }) => restarts)).toBe(true)
      expect(world.posts()).toBe(2)
      expect(world.driver.stream('sales').rows.size).toBe(110)
    })

    test('a token that the vendor refuses starts the delivery over', async () => {
      await using world = await setup({ rooftop: { sales: 110 }, settings: { feeds: ['SL'] } })
      await world.finish({ pages: 2 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'refused-token', path: '/delivery?requestId' })
      await world.finish()
      expect(world.posts()).toBe(1)
      expect(world.driver.stream('sales').rows.size).toBe(110)
      expect(world.driver.notes).toContain('SL: the vendor refuses the place in the delivery; it starts over')
    })

    test('rows that are not as many as the vendor says do not count as whole', async () => {
      await using world = await setup({ rooftop: { sales: 110 } })
      world.sandbox.faults.add({
        kind: 'quirk',
        name: 'total-mismatch',
        path: '/delivery?requestId',
        skip: 2,
      })
      await expect(world.finish()).rejects.toThrow(/110 rows came where the vendor counts 111/)
      expect(world.driver.stream('sales')).toMatchObject({ cursor: null, position: null })
      // The other feeds were read all the same.
      expect(world.driver.stream('inventory').rows.size).toBe(12)
      await world.finish()
      expect(world.differences()).toEqual([])
    })

    test('a token that leads back ends the delivery', async () => {
      await using world = await setup({ rooftop: { sales: 160 }, settings: { feeds: ['SL'] } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'loop', path: 'continuationToken' })
      await expect(world.finish()).rejects.toThrow(PagingLoopError)
      expect(world.driver.stream('sales').cursor).toBeNull()
    })

    test('a feed without its key column is set up wrongly', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'without-key', path: '/delivery?requestId' })
      await expect(world.finish()).rejects.toThrow(
        new VendorConfigError('the feed SL has no column "Deal Number"'),
      )
      expect(world.driver.stream('service_orders').rows.size).toBe(40)
    })
  })

  describe('refusals', () => {
    test('a revoked key concerns every rooftop', async () => {
      await using world = await setup()
      world.vendor.revoke()
      await expect(world.finish()).rejects.toThrow(VendorAuthError)
      expect(world.calls).toHaveLength(1)
    })

    test('a feed that is not granted concerns the account, and its other feeds are read', async () => {
      await using world = await setup({ rooftop: { feeds: ['SL', 'SV', 'INV'] } })
      await expect(world.finish()).rejects.toThrow(VendorConfigError)
      expect(world.driver.stream('inventory').rows.size).toBe(12)
      expect(await world.driver.operations.find('appointments')).toBeUndefined()
    })

    test('a token that expires between two pages is replaced', async () => {
      await using world = await setup({ rooftop: { sales: 110 }, settings: { feeds: ['SL'] } })
      await world.finish({ pages: 2 })
      world.vendor.expireTokens()
      await world.finish()
      expect(world.driver.stream('sales').rows.size).toBe(110)
      expect(world.calls.filter(({ status }) => status === 401)).toHaveLength(1)
    })

    test('a spent quota ends the sync for an hour at least', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'quota', path: '/delivery' })
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(QuotaError)
      expect(failure).toMatchObject({ retryAfter: hours(1) })
    })

    test('a vendor in trouble leaves what is asked for where it is', async () => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      await expect(world.driver.run()).rejects.toThrow(NotReadyError)
      world.pass(minutes(1))
      world.sandbox.faults.add({ kind: 'status', status: 503, path: '/delivery/', times: 3 })
      await expect(world.driver.run()).rejects.toThrow(VendorUnavailableError)
      await world.finish()
      expect(world.posts()).toBe(1)
    })

    test('an abort ends it with the reason given', async () => {
      await using world = await setup()
      const stop = new AbortController()
      const reason = new Error('stopping')
      stop.abort(reason)
      await expect(world.driver.run({ signal: stop.signal })).rejects.toBe(reason)
    })
  })

  describe('rows', () => {
    test('bad ones and those of another dealer are set aside one by one', async () => {
      await using world = await setup()
      const bad = world.vendor.malform(world.id)
      await world.finish()
      expect(world.driver.rejected).toHaveLength(bad)
      expect(world.differences()).toEqual([])
    })

    test('of the same key twice, the later one wins', async () => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      const again = { 'File Type': 'SL', 'DV Dealer ID': world.id, 'Deal Number': '0000117', Term: '36' }
      world.vendor.addRow(world.id, 'SL', again)
      await world.finish()
      expect(world.driver.stream('sales').rows.get('0000117')).toMatchObject({ term: 36 })
    })

    test('of persons hold nothing but a number, a place and keyed hashes', async () => {
      await using world = await setup()
      await world.finish()
      const all = JSON.stringify([world.driver.pages, world.driver.notes])
      for (const canary of [/canary/i, /@/, /312.?555/, /1901/, /STREET/]) {
        expect(all.replaceAll('1CANRY0', '')).not.toMatch(canary)
      }
      const hashed = [...world.driver.stream('sales').rows.values()].filter(({ email_hash }) => email_hash)
      expect(hashed.length).toBeGreaterThan(15)
    })

    test('tell who objects, before any row of theirs is written', async () => {
      await using world = await setup({ settings: { feeds: ['SL'] } })
      await world.finish()
      const rows = [...world.driver.stream('sales').rows.values()]
      const objectors = rows.filter(
        ({ opt_out, block_email, block_phone }) => opt_out || block_email || block_phone,
      )
      const [first, second] = world.driver.pages
      expect(new Set(first?.forgets)).toEqual(
        new Set(objectors.map(({ customer_number }) => customer_number)),
      )
      expect(second?.records).toHaveLength(30)
      const optedOut = objectors.find(({ opt_out }) => opt_out)
      expect(optedOut).toMatchObject({ email_hash: null, phone_hash: null })
    })
  })
})
