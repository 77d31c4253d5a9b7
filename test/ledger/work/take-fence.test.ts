import { Database } from '../../../src/ledger/postgres/database'
import { cancelRun } from '../../../src/runs/cancel/cancel'
import { deferred } from '../../support/deferred'
import { Engine } from '../../support/engine'

describe('takeFence', () => {
  test('ends a frozen page although every connection of the pool waits for an account that it holds', async () => {
    await using engine = await Engine.open(3)
    const { runId } = await engine.plan()
    // As if a worker had claimed them all and fallen silent in the middle of a page.
    await engine.database.query('update accounts set fence = 7')
    await engine.database.query(
      `insert into attempts (sync_id, number, fence, worker, build) select id, 1, 7, 'frozen', 'x' from syncs`,
    )
    await engine.database.query(`update syncs set state = 'running', attempts = 1`)
    const { url, schema } = engine.database
    await using frozen = new Database({ url, schema, applicationName: 'syncfleet worker frozen' })
    const holds = deferred()
    const page = frozen.transaction(async (sql) => {
      await sql.query('select from accounts for share')
      holds.resolve()
      // For longer than anybody waits; the server would end one that is idle by itself.
      await sql.query('select pg_sleep(200)')
    })
    const ending = page.catch((error: unknown) => error)
    await holds.promise
    await using canceller = new Database({ url, schema, applicationName: 'test', connections: 2 })

    const over = await cancelRun(
      canceller,
      runId,
      { actor: 'ada', via: 'cli' },
      { signal: new AbortController().signal, unqueue: async () => undefined },
    )

    expect(over).toMatchObject({ ended: 3, left: 0, state: 'cancelled' })
    expect(await ending).toBeInstanceOf(Error)
  })
})
