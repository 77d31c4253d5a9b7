import type { Database } from '../../../src/ledger/postgres/database'
import { planSyncs } from '../../../src/ledger/work/plan-syncs'
import { insertRun } from '../../../src/ledger/work/runs'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import { TestQueues } from '../../support/queues'
import { testDatabase } from '../../support/database'
import { addAccount } from '../../support/fleet-history'
import { testRedis } from '../../support/redis'
import { consoleOf } from './console'

/** A run of CTM over two accounts, whose syncs wait in their queue. */
const setup = async () => {
  const database = await testDatabase()
  const way = testRedis()
  const queues = await TestQueues.open(way)
  await addAccount(database, 'ctm', 'acme')
  await addAccount(database, 'ctm', 'bolt')
  const { syncIds, runId } = await planned(database)
  const queued = syncIds.map((syncId) => ({ syncId, job: 'ctm', version: 1 }))
  await queues.syncJobs.addNew(queued)
  const { type } = consoleOf(database, { REDIS_URL: way.url, QUEUE_PREFIX: way.prefix })
  return {
    type,
    runId,
    syncIds,
    queued: async () => queues.syncJobs.statesOf(queued),
    rows: async (query: string) => (await database.query<Record<string, unknown>>(query)).rows,
    [Symbol.asyncDispose]: async () => {
      await queues[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

async function planned(database: Database): Promise<{ runId: string; syncIds: string[] }> {
  const run = await insertRun(database, {
    job: 'ctm',
    kind: 'manual',
    mode: 'live',
    definitionVersion: 1,
    requestedBy: 'ada',
  })
  if (!run) throw new Error('no run')
  await planSyncs(database, run)
  const open = await openSyncsOf(database, run.id)
  return { runId: run.id, syncIds: open.map(({ syncId }) => syncId) }
}

describe('runs cancel', () => {
  test('ends a run, takes what waits out of the queue, and says what became of it', async () => {
    await using world = await setup()
    expect(await world.type(['runs', 'cancel', world.runId, '--reason', 'wrong day'])).toEqual({
      code: 0,
      printed: `run ${world.runId} cancelled: 2 syncs ended`,
      complaint: '',
    })
    expect(await world.queued()).toEqual(['gone', 'gone'])
    const { printed } = await world.type(['runs', 'show', world.runId])
    expect(printed).toContain(': cancelled, manual (asked for by ada, cancelled by ada: wrong day), live')
    expect(await world.rows('select actor, via, action, subject, reason from audit_log')).toEqual([
      {
        actor: 'ada',
        via: 'cli',
        action: 'cancel run',
        subject: `run ${world.runId}`,
        reason: 'wrong day',
      },
    ])
  })

  test('refuses one that is over', async () => {
    await using world = await setup()
    await world.type(['runs', 'cancel', world.runId])
    expect(await world.type(['runs', 'cancel', world.runId])).toEqual({
      code: 1,
      printed: '',
      complaint: `run ${world.runId} is over: cancelled`,
    })
  })
})

describe('syncs cancel', () => {
  test('ends one sync and leaves the others of its run alone', async () => {
    await using world = await setup()
    const [syncId = ''] = world.syncIds
    const { printed } = await world.type(['syncs', 'cancel', syncId, '--json'])
    expect(JSON.parse(printed)).toMatchObject({ sync: syncId, ended: 1, left: 0, state: 'cancelled' })
    expect(await world.queued()).toEqual(['gone', 'pending'])
    expect(await world.rows('select state, reason from syncs order by id')).toEqual([
      { state: 'cancelled', reason: 'cancelled by ada: no reason given' },
      { state: 'waiting', reason: null },
    ])
    expect(await world.type(['syncs', 'cancel', syncId])).toMatchObject({
      code: 1,
      complaint: `sync ${syncId} is over: cancelled (cancelled by ada: no reason given)`,
    })
  })
})

describe('syncs show', () => {
  test('tells how a sync stands, what it has done, its attempts with what they cost, and what its time went on', async () => {
    await using world = await setup()
    const [syncId = ''] = world.syncIds
    await world.rows(
      `insert into attempts (sync_id, number, fence, worker, build, outcome, error_class, error_code, error_message,
         ended_at, calls, limit_wait, waits_for)
       values (${syncId}, 1, 1, 'host-1', 'build-1', 'failed', 'vendor-down', 'vendor_unavailable', '503', now(), 12, 3000,
         'backoff')`,
    )
    await world.rows(
      `update syncs set attempts = 1, failures = 1, pages = 2, read = 30, inserted = 20, reason = 'backing off after a failure'
       where id = ${syncId} returning id`,
    )
    const { code, printed } = await world.type(['syncs', 'show', syncId])
    expect(code).toBe(0)
    const [head, did, tries, calls, titles, attempt, , partTitles, ...parts] = printed.split('\n')
    expect(head).toBe(
      `sync ${syncId} of ctm, run ${world.runId}, acme (account acme-account): waiting (backing off after a failure)`,
    )
    expect(did).toBe('2 pages, 30 records read: 20 new, 0 changed, 0 removed, 0 rejected')
    expect(tries).toBe('1 attempts: 1 failed, 0 waited, 0 interrupted, 0 crashed (0 in a row)')
    expect(calls).toBe('12 calls to the vendor')
    expect(titles).toMatch(/^ATTEMPT +OUTCOME +BEGAN +TOOK +CALLS +LIMITS +WORKER +BUILD +ERROR/)
    expect(attempt).toMatch(/^1 +failed .* 12 +3 s +host-1 +build-1 +vendor_unavailable: 503$/)
    expect(partTitles).toMatch(/^FROM +TOOK +SPENT ON$/)
    expect(parts.at(-1)).toMatch(/ waiting for a worker$/)
    const inJson = JSON.parse((await world.type(['syncs', 'show', syncId, '--json'])).printed) as unknown
    expect(inJson).toMatchObject({
      id: syncId,
      state: 'waiting',
      history: [{ outcome: 'failed', calls: 12 }],
    })
    expect(await world.type(['syncs', 'show', '4711'])).toMatchObject({
      code: 1,
      complaint: 'there is no sync 4711; see `syncfleet runs show`',
    })
  })
})
