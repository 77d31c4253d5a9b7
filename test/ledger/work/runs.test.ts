import type { Database } from '../../../src/ledger/postgres/database'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import { planSyncs } from '../../../src/ledger/work/plan-syncs'
import { findRun, insertRun, listRuns, type Run, settleRun } from '../../../src/ledger/work/runs'
import { settleSync } from '../../../src/ledger/work/sync-states'
import { testDatabase } from '../../support/database'
import { someAccounts } from '../../support/ledger'

describe('a run in the ledger', () => {
  let database: Database
  beforeEach(async () => (database = await testDatabase()))
  afterEach(async () => database[Symbol.asyncDispose]())

  const planned = async (accountIds?: string[]): Promise<Run> => {
    const run = await insertRun(database, {
      job: 'ctm',
      kind: 'manual',
      mode: 'live',
      definitionVersion: 1,
      requestedBy: 'tester',
    })
    if (!run) throw new Error('no run')
    await planSyncs(database, run, accountIds)
    return run
  }
  const reasons = async (run: Run) =>
    (
      await database.query<{ state: string; reason: string | null }>(
        'select state, reason from syncs where run_id = $1 order by account_id',
        [run.id],
      )
    ).rows

  test('has one sync per enabled account', async () => {
    const [, second] = await someAccounts(database, 'ctm', 3)
    await database.query('update accounts set enabled = false where id = $1', [second])

    const run = await planned()

    expect(await openSyncsOf(database, run.id)).toHaveLength(2)
  })

  test('skips an account that still syncs, and says since when', async () => {
    await someAccounts(database, 'ctm', 2)
    const first = await planned()
    const [sync] = await openSyncsOf(database, first.id)
    await settleSync(database, sync?.syncId ?? '', 'ok')

    const second = await planned()

    expect(await reasons(second)).toEqual([
      { state: 'waiting', reason: null },
      { state: 'skipped', reason: expect.stringMatching(/^still syncing since .* UTC \(sync \d+\)$/) },
    ])
  })

  test('skips what is parked or resting, and says why', async () => {
    const [first, second] = await someAccounts(database, 'ctm', 3)
    await database.query(
      `update accounts set parked_at = now(), parked_reason = 'no such account' where id = $1`,
      [first],
    )
    await database.query(`update accounts set not_before = now() + interval '1 hour' where id = $1`, [second])

    expect(await reasons(await planned())).toEqual([
      { state: 'skipped', reason: expect.stringMatching(/^account parked since .*: no such account$/) },
      { state: 'skipped', reason: expect.stringMatching(/^waiting for vendor until /) },
      { state: 'waiting', reason: null },
    ])
  })

  test('is partial where an account was kept out, and not where another sync does its work', async () => {
    const [, second] = await someAccounts(database, 'ctm', 2)
    const under = await planned([second ?? ''])
    const settled = async (run: Run) => {
      for (const { syncId } of await openSyncsOf(database, run.id)) await settleSync(database, syncId, 'ok')
      return (await settleRun(database, run.id))?.state
    }
    expect(await settled(await planned())).toBe('ok')

    expect(await settled(under)).toBe('ok')
    await database.query(`update accounts set not_before = now() + interval '1 hour' where id = $1`, [second])
    expect(await settled(await planned())).toBe('partial')
  })

  test('takes each account once when two runs are planned at the same time', async () => {
    await someAccounts(database, 'ctm', 20)

    const runs = await Promise.all([planned(), planned(), planned()])

    const open = await Promise.all(runs.map(({ id }) => openSyncsOf(database, id)))
    expect(open.flat()).toHaveLength(20)
    const all = await Promise.all(runs.map(reasons))
    expect(all.map((syncs) => syncs.length)).toEqual([20, 20, 20])
  })

  test('is settled by the last of its syncs, also when all settle at once', async () => {
    await someAccounts(database, 'ctm', 8)
    const run = await planned()
    const open = await openSyncsOf(database, run.id)

    const settled = await Promise.all(
      open.map(({ syncId }) =>
        database.transaction(async (sql) => {
          await sql.query('select 1 from runs where id = $1 for no key update', [run.id])
          await settleSync(sql, syncId, 'ok')
          return settleRun(sql, run.id)
        }),
      ),
    )

    expect(settled.filter((result) => result !== undefined)).toHaveLength(1)
    expect(await findRun(database, run.id)).toMatchObject({ state: 'ok' })
  })

  test('is partial when one account fails, and counts what became of each', async () => {
    await someAccounts(database, 'ctm', 3)
    const run = await planned()
    const [first, second, third] = await openSyncsOf(database, run.id)
    await settleSync(database, first?.syncId ?? '', 'ok')
    await settleSync(database, second?.syncId ?? '', 'skipped', { reason: 'disabled' })
    await settleSync(database, third?.syncId ?? '', 'failed', {
      error: { errorClass: 'bug', code: 'unexpected', message: 'oh' },
    })

    await database.transaction((sql) => settleRun(sql, run.id))

    expect(await listRuns(database, { id: run.id, limit: 1 })).toMatchObject([
      { state: 'partial', syncs: 3, ok: 1, skipped: 1, failed: 1, open: 0, rows: '0' },
    ])
  })

  test('is asked for once per request key', async () => {
    const request = {
      job: 'ctm',
      kind: 'manual',
      mode: 'live',
      definitionVersion: 1,
      requestedBy: 'tester',
      requestKey: 'k',
    } as const
    expect(await insertRun(database, request)).toBeDefined()
    expect(await insertRun(database, request)).toBeUndefined()
  })

  test('refuses a state that its columns contradict', async () => {
    const run = await planned()
    await expect(database.query(`update runs set state = 'ok' where id = $1`, [run.id])).rejects.toThrow(
      /check constraint/,
    )
    await expect(database.query(`update runs set state = 'done' where id = $1`, [run.id])).rejects.toThrow(
      /check constraint/,
    )
  })
})
