import type { DayWindow } from '../../src/job/streams'
import { completeWindow } from '../../src/sink/complete-window'
import { forgetSeen } from '../../src/sink/seen-records'
import type { Owner } from '../../src/sink/target'
import { adDay, adDays, northwind, type Northwind } from './northwind'

describe('completeWindow', () => {
  let world: Northwind
  beforeEach(async () => {
    world = await northwind()
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  const complete = (window: DayWindow, owner: Owner = world.owner) =>
    world.database.transaction((sql) => completeWindow(sql, world.targetOf(adDays), owner, window))
  const january = { from: '2026-01-01', to: '2026-01-31' }
  const daysHeld = async () => (await world.rows(adDays)).map(({ day, ad }) => `${String(day)} ${String(ad)}`)

  test('removes the rows of its days that were not seen, both ends included, and no others', async () => {
    await world.write(
      adDays,
      ['2025-12-31', '2026-01-01', '2026-01-15', '2026-01-31', '2026-02-01'].map((day) => adDay(day)),
    )
    const next = await world.nextSync()
    await world.write(adDays, [adDay('2026-01-15'), adDay('2026-01-15', 'ad 2')], next)

    expect(await complete(january, next)).toEqual({ removed: 2 })
    expect(await daysHeld()).toEqual([
      '2025-12-31 ad 1',
      '2026-01-15 ad 1',
      '2026-01-15 ad 2',
      '2026-02-01 ad 1',
    ])
  })

  test('empties a window of which nothing was seen', async () => {
    await world.write(adDays, [adDay('2026-01-01'), adDay('2026-01-02')])

    expect(await complete(january, await world.nextSync())).toEqual({ removed: 2 })
  })

  test('counts rows as seen that an earlier attempt of the sync wrote, and drops what was seen at the end', async () => {
    await world.write(adDays, [adDay('2026-01-01')])
    await world.write(adDays, [adDay('2026-01-02')])

    expect(await complete(january)).toEqual({ removed: 0 })
    const { rows } = await world.database.query('select from seen_records where sync_id = $1', [
      world.owner.syncId,
    ])
    expect(rows).toEqual([])
  })

  test('leaves other accounts alone', async () => {
    await world.write(adDays, [adDay('2026-01-01')])
    await complete(january, await world.anotherAccount())

    expect(await daysHeld()).toEqual(['2026-01-01 ad 1'])
  })

  test('replaces a window of 100,000 rows that nobody has counted since it grew', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) =>
      adDay(index % 2 ? '2026-01-01' : '2026-01-31', `ad ${index}`),
    )
    await world.write(adDays, rows)
    const next = await world.nextSync()
    // As stale as statistics get: taken when the tables were all but empty.
    await world.database.query('delete from seen_records')
    await world.database.query('analyze seen_records')
    await world.write(adDays, rows.slice(0, 99_000), next)

    expect(await complete(january, next)).toEqual({ removed: 1_000 })
  }, 120_000)
})

describe('forgetSeen', () => {
  test('forgets one stream of a sync, or all of them', async () => {
    const world = await northwind()
    await using database = world.database
    await world.write(adDays, [adDay('2026-01-01')])
    await forgetSeen(database, world.owner.syncId, 'another_stream')
    expect(await world.countIn('seen_records')).toBe(1)
    await forgetSeen(database, world.owner.syncId, adDays.table)
    expect(await world.countIn('seen_records')).toBe(0)

    await world.write(adDays, [adDay('2026-01-01')])
    await forgetSeen(database, world.owner.syncId)
    expect(await world.countIn('seen_records')).toBe(0)
  })
})
