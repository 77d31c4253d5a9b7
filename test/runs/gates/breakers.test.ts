import { VendorResponseError, VendorUnavailableError } from '../../../src/job/errors'
import { deferred } from '../../support/deferred'
import { GatedJob } from '../../support/gated-job'

const waits: unknown = expect.objectContaining({ kind: 'wait' })
const down = () => new VendorUnavailableError('503')

/** The vendor is down until the account's third failure in a row, with which its breaker opens. */
const openBreaker = async (world: GatedJob) => {
  world.answer = down
  const { syncIds } = await world.engine.plan()
  for (let failure = 0; failure < 3; failure += 1) await world.attempts(syncIds)
  return syncIds
}

const breakers = (world: GatedJob) =>
  world.engine.rows(
    'select scope, failures, openings, opened_at is not null as open from breakers order by scope',
  )

describe('the circuit breaker of an account', () => {
  test('opens after failures in a row, and says so', async () => {
    await using world = await GatedJob.open(1, { attempts: 9 })
    const [only = ''] = await openBreaker(world)
    expect(await breakers(world)).toEqual([
      { scope: 'account', failures: 3, openings: 1, open: true },
      { scope: 'credential', failures: 3, openings: 0, open: false },
    ])
    expect(world.told('circuit breaker opened')).toBe(1)
    expect(await world.incidents()).toEqual([
      expect.objectContaining({
        kind: 'breaker-open',
        subject: `account ${world.engine.accounts[0]}`,
        message: expect.stringContaining('after 3 failures in a row, the last one vendor_unavailable: 503'),
        closedAt: null,
      }),
    ])
    expect(await world.engine.sync(only)).toMatchObject({ state: 'waiting', failures: 3 })
  })

  test('has a sync wait without an attempt, and says for what and until when', async () => {
    await using world = await GatedJob.open(1, { attempts: 9 })
    const [only = ''] = await openBreaker(world)
    const verdict = await world.attempt(only)
    expect(verdict).toMatchObject({ kind: 'wait', after: expect.any(Number) })
    const sync = await world.engine.sync(only)
    expect(sync).toMatchObject({
      state: 'waiting',
      attempts: 3,
      reason: expect.stringMatching(/^circuit breaker of account \d+ open until .* UTC: 503$/),
    })
    expect(sync['wait_until']).toEqual(expect.any(Date))
  })

  test('lets one sync through when its time is over, and closes when that goes well', async () => {
    await using world = await GatedJob.open(1, { attempts: 9 })
    const [only = ''] = await openBreaker(world)
    await world.dueNow()
    world.answer = () => undefined
    expect(await world.attempt(only)).toMatchObject({ kind: 'done', result: { state: 'ok' } })
    expect(await breakers(world)).toEqual([])
    expect(world.told('circuit breaker closed')).toBe(1)
    expect(await world.incidents()).toEqual([expect.objectContaining({ closing: 'a sync went well' })])
  })

  test('is shut again, without a word, when the one that was let through fails', async () => {
    await using world = await GatedJob.open(1, { attempts: 9 })
    const [only = ''] = await openBreaker(world)
    await world.dueNow()
    expect(await world.attempt(only)).toMatchObject({ kind: 'retry' })
    expect(await world.attempt(only)).toMatchObject({ kind: 'wait' })
    expect(await breakers(world)).toMatchObject([{ failures: 4, openings: 2, open: true }, {}])
    expect(world.told('circuit breaker opened')).toBe(1)
    expect(await world.incidents()).toEqual([expect.objectContaining({ times: 2, closedAt: null })])
  })

  test('has a run skip the account, and is tried by itself with one that is no dead letter when it fails', async () => {
    await using world = await GatedJob.open(1, { attempts: 3 })
    const { engine } = world
    await openBreaker(world)
    const { runId } = await engine.plan()
    expect(await engine.rows(`select state, reason from syncs where run_id = ${runId}`)).toEqual([
      {
        state: 'skipped',
        reason: expect.stringMatching(/^circuit breaker of account \d+ open until .*: 503$/),
      },
    ])

    await world.dueNow()
    await world.watch()
    await world.watch()
    const tries = await world.open()
    expect(tries).toHaveLength(1)
    expect(await world.attempts(tries)).toMatchObject([{ kind: 'done', result: { state: 'skipped' } }])
    expect(await engine.rows(`select count(*)::int from syncs where state = 'failed'`)).toEqual([
      { count: 1 },
    ])

    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
    await world.watch()
    expect(await world.open()).toEqual([])
  })

  test('forgets failures when a sync goes well in between', async () => {
    await using world = await GatedJob.open(1, { attempts: 9 })
    for (let time = 0; time < 2; time += 1) {
      world.answer = down
      const { syncIds } = await world.engine.plan()
      await world.attempts(syncIds)
      await world.attempts(syncIds)
      world.answer = () => undefined
      await world.attempts(syncIds)
      expect(await breakers(world)).toEqual([])
    }
    expect(await world.incidents()).toEqual([])
  })

  test('counts neither a bug nor an answer that is not understood', async () => {
    await using world = await GatedJob.open(1)
    world.answer = () => new VendorResponseError('no orders')
    await world.attempts((await world.engine.plan()).syncIds)
    expect(await breakers(world)).toEqual([])
  })
})

describe('the circuit breaker of a credential', () => {
  /** Six accounts, the first two of which fail twice: four failures of two accounts. */
  const setup = async () => {
    const world = await GatedJob.open(6, { attempts: 9 })
    const { syncIds } = await world.engine.plan()
    world.answer = down
    for (let time = 0; time < 2; time += 1) await world.attempts(syncIds.slice(0, 2))
    return { world, syncIds }
  }

  test('opens for all its accounts after failures of several', async () => {
    const { world, syncIds } = await setup()
    await using _ = world
    expect(world.told('circuit breaker opened')).toBe(1)
    expect(await world.attempts(syncIds)).toEqual(syncIds.map(() => waits))
    expect(await world.engine.rows('select sum(attempts)::int as sum from syncs')).toEqual([{ sum: 4 }])
  })

  test('lets exactly one through of all that come at once, and the others when that one went well', async () => {
    const { world, syncIds } = await setup()
    await using _ = world
    await world.dueNow()
    const begun = deferred()
    const answered = deferred()
    const [first = '', ...others] = syncIds
    const through = world.engine.attempt(first, async function* ({ account, streams: { orders } }) {
      begun.resolve()
      await answered.promise
      yield orders.page([{ order_id: Number(account.id), note: null }])
    })
    await begun.promise
    world.answer = () => undefined
    const verdicts = await world.attempts(others)
    answered.resolve()
    expect(verdicts).toEqual(others.map(() => waits))
    expect(await through).toMatchObject({ kind: 'done', result: { state: 'ok' } })
    expect((await breakers(world)).filter(({ open }) => open)).toEqual([])
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(world.engine.accounts)
  })

  test('lets the next one through where the first has vanished', async () => {
    const { world, syncIds } = await setup()
    await using _ = world
    await world.dueNow()
    await world.engine.database.query(`update breakers set probing_sync = $1 where scope = 'credential'`, [
      syncIds[5],
    ])
    expect(await world.attempt(syncIds[4] ?? '')).toMatchObject({ kind: 'wait' })
    await world.engine.database.query(
      `update syncs set state = 'cancelled', settled_at = clock_timestamp() where id = $1`,
      [syncIds[5]],
    )
    world.answer = () => undefined
    expect(await world.attempt(syncIds[4] ?? '')).toMatchObject({ kind: 'done', result: { state: 'ok' } })
  })

  test('has what it kept out read by itself', async () => {
    const { world, syncIds } = await setup()
    await using _ = world
    const { engine } = world
    await engine.database.query(
      `update syncs set state = 'cancelled', settled_at = clock_timestamp() where id = any ($1)`,
      [syncIds],
    )
    await engine.plan()
    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    expect(await world.open()).toHaveLength(1)
    await world.attempts(await world.open())
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
  })
})
