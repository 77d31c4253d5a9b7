import { VendorUnavailableError } from '../../../src/job/errors'
import type { Sync } from '../../../src/job/sync'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'

/** Three pages of a car each, resumed at the position, and broken off before one of them. */
const listing = (end = Number.POSITIVE_INFINITY): Sync<typeof madeUp> =>
  async function* ({ streams: { cars } }) {
    for (let page = Number(cars.position ?? 0); page < 3; page += 1) {
      if (page === end) throw new VendorUnavailableError('503')
      yield cars.page([{ vin: `car ${page}`, color: null }], { position: page + 1 })
    }
    yield cars.complete()
  }

describe('the position of a listing', () => {
  let engine: Engine
  beforeEach(async () => {
    engine = await Engine.open()
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  const planned = async (): Promise<string> => (await engine.plan()).syncIds[0] ?? ''
  const present = async () =>
    (await engine.rows('select vin from dealertrend_cars where gone_at is null order by 1')).map(
      (row) => row['vin'],
    )

  test('is good for the attempts of the sync that has seen what lies before it', async () => {
    const syncId = await planned()
    await engine.attempt(syncId, listing(2))
    await engine.attempt(syncId, listing())
    expect(await present()).toEqual(['car 0', 'car 1', 'car 2'])
    expect(await engine.sync(syncId)).toMatchObject({ state: 'ok', pages: 4, removed: '0' })
  })

  test('is none to another sync, nor to a dead letter that is retried: what was seen is forgotten', async () => {
    const dead = await planned()
    await engine.attempt(dead, listing(2), { settings: { attempts: 1 } })
    await engine.attempt(dead, listing(2), { settings: { attempts: 1 } })
    expect(await engine.sync(dead)).toMatchObject({ state: 'failed', pages: 4 })
    const next = await planned()
    await engine.attempt(next, listing())
    expect(await present()).toEqual(['car 0', 'car 1', 'car 2'])
    expect(await engine.sync(next)).toMatchObject({ state: 'ok', pages: 4, removed: '0' })
  })
})
