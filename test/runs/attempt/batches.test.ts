import { FenceLostError } from '../../../src/job/errors'
import { raiseFence } from '../../../src/ledger/work/fences'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import { planSyncs } from '../../../src/ledger/work/plan-syncs'
import { insertRun, lockRun } from '../../../src/ledger/work/runs'
import type { SyncRow } from '../../../src/ledger/work/syncs'
import { findSync } from '../../../src/ledger/work/syncs'
import { claimSyncs, type Claim } from '../../../src/runs/attempt/claim-sync'
import { settleSyncs } from '../../../src/runs/attempt/settle-syncs'
import { deferred } from '../../support/deferred'
import { Engine } from '../../support/engine'
import { parkByHand, someAccounts } from '../../support/ledger'

const attempter = { worker: 'test', build: 'test' }

/** A run of several syncs with the means of a worker to claim and to settle them. */
const setup = async (count: number) => {
  const engine = await Engine.open(count)
  const { runId, syncIds } = await engine.plan()
  const claim = claimSyncs(engine.database, attempter)
  const rowOf = async (syncId: string): Promise<SyncRow> => {
    const found = await findSync(engine.database, syncId)
    if (!found) throw new Error(`no sync ${syncId}`)
    return found
  }
  const claimed = async (syncId: string): Promise<Claim> => {
    const answer = await claim(await rowOf(syncId), 0)
    if (!('claim' in answer)) throw new Error(`${syncId}: ${JSON.stringify(answer)}`)
    return answer.claim
  }
  return {
    engine,
    runId,
    syncIds,
    claim,
    rowOf,
    claimed,
    settle: settleSyncs(engine.database),
    states: async () =>
      (await engine.rows('select state from syncs order by id')).map(({ state }) => String(state)),
    runState: async () => (await engine.rows(`select state from runs where id = ${runId}`))[0]?.['state'],
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

describe('syncs that are claimed and settled at the same time', () => {
  test('each get a fence and an attempt of their own, and settle their run once', async () => {
    await using world = await setup(20)
    const claims = await Promise.all(world.syncIds.map(world.claimed))
    expect(claims.map(({ sync }) => sync.id)).toEqual(world.syncIds)
    expect(claims.every(({ fence, number }) => fence === '1' && number === 1)).toBe(true)
    expect(await world.engine.rows('select * from attempts')).toHaveLength(20)

    const conclusions = await Promise.all(claims.map(world.settle))
    expect(conclusions.filter(({ settledRun }) => settledRun !== undefined)).toHaveLength(1)
    expect(await world.states()).toEqual(world.syncIds.map(() => 'ok'))
    expect(await world.runState()).toBe('ok')
    expect(await world.engine.rows("select * from attempts where outcome <> 'ok'")).toEqual([])
  })

  test('do not wait for one whose account somebody else has locked', async () => {
    await using world = await setup(3)
    const [first = '', ...others] = world.syncIds
    const locked = deferred()
    const release = deferred()
    const holder = world.engine.database.transaction(async (sql) => {
      await sql.query('select from accounts where id = $1 for share', [world.engine.accounts[0]])
      locked.resolve()
      await release.promise
    })
    await locked.promise
    const waiting = world.claimed(first)
    const claims = await Promise.all(others.map(world.claimed))
    expect(claims).toHaveLength(2)
    expect(await world.states()).toEqual(['waiting', 'running', 'running'])
    release.resolve()
    await holder
    expect((await waiting).number).toBe(1)
  })

  test('leave out one whose account was parked meanwhile, and settle it with the reason', async () => {
    await using world = await setup(3)
    const rows = await Promise.all(world.syncIds.map(world.rowOf))
    await parkByHand(world.engine.database, 'accounts', world.engine.accounts[1] ?? '', 'wrong zone')
    const answers = await Promise.all(rows.map((row) => world.claim(row, 0)))
    expect(answers[1]).toMatchObject({
      settled: {
        state: 'skipped',
        reason: expect.stringMatching(/^account parked since .* UTC: wrong zone$/),
      },
    })
    expect(await world.states()).toEqual(['running', 'skipped', 'running'])
  })

  test('write nothing for one whose fence was raised, and settle the others', async () => {
    await using world = await setup(3)
    const claims = await Promise.all(world.syncIds.map(world.claimed))
    await raiseFence(world.engine.database, world.engine.accounts[2] ?? '')
    const [first, second, third] = await Promise.allSettled(claims.map(world.settle))
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(third).toMatchObject({ status: 'rejected', reason: expect.any(FenceLostError) })
    expect(await world.states()).toEqual(['ok', 'ok', 'running'])
    expect(await world.runState()).toBe('running')
  })

  test('leave no position behind in a window that was not completed: what was seen before it is forgotten', async () => {
    await using world = await setup(2)
    const [half, whole] = await Promise.all(world.syncIds.map(world.claimed))
    if (!half || !whole) throw new Error('no claims')
    for (const { account } of [half, whole])
      await world.engine.database.query(
        `insert into stream_states (account_id, stream, mode, position) values ($1, 'days', 'live', '2')`,
        [account.id],
      )
    await world.engine.database.query(
      `insert into seen_records (sync_id, stream, key) values ($1, 'days', '["2026-03-08", "x"]')`,
      [half.sync.id],
    )
    await Promise.all([half, whole].map(world.settle))
    expect(await world.engine.rows('select * from seen_records')).toEqual([])
    expect(await world.engine.rows('select position from stream_states order by account_id')).toEqual([
      { position: null },
      { position: 2 },
    ])
  })

  test('do not wait for the run of another job that somebody else has locked', async () => {
    await using world = await setup(1)
    const { database } = world.engine
    await someAccounts(database, 'ctm', 1, '{}')
    const facts = { kind: 'manual', mode: 'live', definitionVersion: 1, requestedBy: 'tester' } as const
    const other = await insertRun(database, { job: 'ctm', ...facts })
    if (!other) throw new Error('no run')
    await planSyncs(database, other)
    const [{ syncId } = { syncId: '' }] = await openSyncsOf(database, other.id)
    const claims = await Promise.all([world.syncIds[0] ?? '', syncId].map(world.claimed))
    const locked = deferred()
    const release = deferred()
    const holder = database.transaction(async (sql) => {
      await lockRun(sql, world.runId)
      locked.resolve()
      await release.promise
    })
    await locked.promise
    const [held, free] = claims.map(world.settle)
    expect(await free).toMatchObject({ state: 'ok', settledRun: { id: other.id } })
    expect(await world.runState()).toBe('running')
    release.resolve()
    await holder
    expect(await held).toMatchObject({ state: 'ok', settledRun: { id: world.runId } })
  })

  test('find a sync that was settled in the meantime as it is', async () => {
    await using world = await setup(2)
    const [row] = await Promise.all(world.syncIds.map(world.rowOf))
    const claim = await world.claimed(world.syncIds[0] ?? '')
    await world.settle(claim)
    if (!row) throw new Error('no sync')
    expect(await world.claim(row, 0)).toMatchObject({ settled: { state: 'ok' } })
    expect(await world.engine.rows('select * from attempts')).toHaveLength(1)
  })
})
