import type { Sync } from '../../../src/job/sync'
import { Database } from '../../../src/ledger/postgres/database'
import { seconds } from '../../../src/lib/durations'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'
import { Relay } from '../../support/relay'
import { until } from '../../support/until'

describe('an attempt whose page Postgres does not answer', () => {
  let engine: Engine
  let relay: Relay
  let relayed: Database
  beforeEach(async () => {
    engine = await Engine.open()
    relay = new Relay(engine.database.url)
    const url = new URL(engine.database.url)
    url.port = String(await relay.start())
    relayed = new Database({ url: url.href, schema: engine.database.schema, applicationName: 'test' })
  })
  afterEach(async () => {
    await relayed[Symbol.asyncDispose]()
    await relay[Symbol.asyncDispose]()
    await engine[Symbol.asyncDispose]()
  })

  // Long enough for the page to be on its way.
  test.each([
    ['deadline', { deadline: seconds(5) }],
    ['page deadline', { pageDeadline: seconds(5) }],
  ])('waits for Postgres when its %s has passed, and spends no attempt', async (_which, settings) => {
    const [syncId = ''] = (await engine.plan()).syncIds
    const lines: string[] = []
    const swallowed: Sync<typeof madeUp> = async function* ({ streams: { orders } }) {
      relay.hold()
      yield orders.page([{ order_id: 1, note: null }], { position: 1 })
    }
    const attempt = engine.attempt(syncId, swallowed, { database: relayed, settings, lines })
    await until('the attempt has ended', async () => lines.length > 0)
    relay.release()

    expect(await attempt).toMatchObject({ kind: 'wait' })
    expect(lines).toEqual([expect.stringMatching(/^storage_unavailable: Postgres: /)])
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'waiting',
      error_code: 'storage_unavailable',
      failures: 0,
      waits: 1,
      pages: 0,
    })
  })
})
