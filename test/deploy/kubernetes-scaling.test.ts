import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject'
import { schemaOf } from '../../config/schema'
import { beginAttempts, endAttempt } from '../../src/ledger/work/attempts'
import type { Database } from '../../src/ledger/postgres/database'
import { planSyncs } from '../../src/ledger/work/plan-syncs'
import { insertRun } from '../../src/ledger/work/runs'
import { openSyncsOf } from '../../src/ledger/work/open-syncs'
import { reopenSync, returnSync, settleSync } from '../../src/ledger/work/sync-states'
import { hours, minutes } from '../../src/lib/durations'
import { only, type Sql } from '../../src/lib/sql'
import { seeded } from '../ledger/world'
import { testDatabase } from '../support/database'
import { environmentOf, ofKind, workloadsOf } from './kubernetes-fleet'
import { buildOverlay } from './kubernetes-overlays'

const manifests = buildOverlay('deploy/kubernetes/overlays/production')
const triggers = ofKind<IScaledObject>(manifests, 'ScaledObject').flatMap(({ spec }) => spec.triggers)
const queryOf = (name: string): string =>
  triggers.find((trigger) => trigger.name === name)?.metadata['query'] ?? ''
const role = readFileSync('deploy/kubernetes/components/scale-by-waiting-syncs/scaler-role.sql', 'utf8')

const schema = schemaOf('production').database.schema.default ?? ''
const accounts = 5

describe('what KEDA asks the ledger', () => {
  let database: Database
  beforeEach(async () => {
    database = await testDatabase()
    const { accounts: importAccounts } = await seeded(database)
    const more = Array.from({ length: accounts - 1 }, (_, index) => `acme,ctm,${index + 1},acme-ctm`)
    await importAccounts(['client,job,external_id,credential', ...more].join('\n'))
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  /** Text of the manifests with the schema and the user of this test. */
  const localised = (text: string, user = ''): string =>
    text
      .replaceAll(`${schema}.`, `${database.schema}.`)
      .replaceAll(`schema ${schema}`, `schema ${database.schema}`)
      .replaceAll('syncfleet_scaler', user)

  /**
   * What `ask` answers after `prepare`, as the user that KEDA is: in one transaction, in which time stands still, and
   * which is undone, since users belong to the whole server.
   */
  async function asScaler<T>(
    prepare: (sql: Sql) => Promise<void>,
    ask: (sql: Sql) => Promise<T>,
  ): Promise<T> {
    const user = `scaler_${randomBytes(6).toString('hex')}`
    const undone = new Error('undone')
    const answers: T[] = []
    const asking = database.transaction(async (sql) => {
      await prepare(sql)
      await sql.query(localised(role, user))
      await sql.query(`set local role ${user}`)
      answers.push(await ask(sql))
      throw undone
    })
    await expect(asking).rejects.toBe(undone)
    return only({ rows: answers })
  }

  const answerOf = async (sql: Sql, name: string): Promise<unknown> =>
    Object.values(only(await sql.query(localised(queryOf(name)))))[0]
  const answers = async (prepare: (sql: Sql, syncs: readonly string[]) => Promise<void>) =>
    asScaler(
      async (sql) => prepare(sql, await planned(sql)),
      async (sql) => ({
        atHand: await answerOf(sql, 'syncs-at-hand'),
        oldest: await answerOf(sql, 'oldest-waiting'),
      }),
    )

  /** A run with a sync per account, all of them planned just now. */
  async function planned(sql: Sql): Promise<string[]> {
    const run = await insertRun(sql, {
      job: 'ctm',
      kind: 'manual',
      mode: 'live',
      definitionVersion: 1,
      requestedBy: 'ada',
    })
    if (!run) throw new Error('no run was made')
    await planSyncs(sql, run)
    await sql.query('update syncs set created_at = now()')
    return (await openSyncsOf(sql, run.id)).map(({ syncId }) => syncId)
  }
  const begin = async (sql: Sql, syncs: readonly (string | undefined)[]): Promise<void> => {
    const { rows } = await sql.query<{ syncId: string; accountId: string }>(
      'select id as "syncId", account_id as "accountId" from syncs where id = any ($1::bigint[])',
      [syncs],
    )
    const beginnings = rows.map((row) => ({ ...row, stalls: 0 }))
    await beginAttempts(sql, beginnings, { worker: 'w', build: 'b' })
  }
  const createdAgo = async (sql: Sql, seconds: number): Promise<void> =>
    void (await sql.query(`update syncs set created_at = now() - $1 * interval '1 second'`, [seconds]))

  test('is nothing while nothing is to be done', async () => {
    expect(
      await answers(async (sql, syncs) => {
        for (const sync of syncs) await settleSync(sql, sync, 'ok')
      }),
    ).toEqual({ atHand: 0, oldest: 0 })
  })

  test('counts what waits and what is being performed', async () => {
    expect(await answers(async (sql, syncs) => begin(sql, syncs.slice(0, 2)))).toEqual({
      atHand: accounts,
      oldest: 0,
    })
  })

  test('takes the age of the oldest that waits, not of those under way', async () => {
    expect(
      await answers(async (sql, [first, second]) => {
        await createdAgo(sql, 90)
        await sql.query(`update syncs set created_at = now() - interval '1 hour' where id = $1`, [first])
        await sql.query(`update syncs set created_at = now() - interval '5 minutes' where id = $1`, [second])
        await begin(sql, [first])
      }),
    ).toEqual({ atHand: accounts, oldest: 300 })
  })

  test('leaves out syncs that wait for their vendor or back off', async () => {
    expect(
      await answers(async (sql, syncs) => {
        await createdAgo(sql, 3600)
        await begin(sql, syncs)
        for (const sync of syncs.slice(1))
          await returnSync(sql, sync, { counts: 'waits', reason: 'waiting for vendor', after: hours(1) })
      }),
    ).toEqual({ atHand: 1, oldest: 0 })
  })

  test('counts the age of a sync from when its wait was over', async () => {
    expect(
      await answers(async (sql, [first, ...others]) => {
        await createdAgo(sql, 3600)
        await begin(sql, [first, ...others])
        await returnSync(sql, first ?? '', { counts: 'failures', reason: 'backing off', after: minutes(1) })
        await sql.query(`update syncs set wait_until = now() - interval '30 seconds' where id = $1`, [first])
      }),
    ).toEqual({ atHand: accounts, oldest: 30 })
  })

  test('counts the age of a sync that was handed back from then on', async () => {
    expect(
      await answers(async (sql, [first, ...others]) => {
        await createdAgo(sql, 3600)
        await begin(sql, [first, ...others])
        await returnSync(sql, first ?? '', { counts: 'interruptions', reason: 'handed back', after: 0 })
        await endAttempt(sql, first ?? '', 1, 'interrupted')
        await sql.query(`update attempts set ended_at = now() - interval '5 seconds' where sync_id = $1`, [
          first,
        ])
      }),
    ).toEqual({ atHand: accounts, oldest: 5 })
  })

  test('counts a dead letter again that somebody retries', async () => {
    expect(
      await answers(async (sql, [first, ...others]) => {
        for (const sync of others) await settleSync(sql, sync, 'ok')
        await settleSync(sql, first ?? '', 'failed', {
          error: { errorClass: 'bug', code: 'bug', message: 'no' },
        })
        await reopenSync(sql, first ?? '')
      }),
    ).toEqual({ atHand: 1, oldest: 0 })
  })

  test.each(['syncs-at-hand', 'oldest-waiting'])(
    'finds %s without reading all that ever ran',
    async (name) => {
      const plan = await asScaler(
        async (sql) => void (await planned(sql)),
        async (sql) => {
          await sql.query('set local enable_seqscan = off')
          return JSON.stringify((await sql.query(`explain (format json) ${localised(queryOf(name))}`)).rows)
        },
      )
      expect(plan).toMatch(/"Index Name":"syncs_(open|unfinished)"/)
      expect(plan).not.toContain('Seq Scan')
    },
  )

  test.each(['clients', 'credentials', 'accounts', 'users', 'audit_log'])(
    'shows nothing of %s',
    async (table) => {
      const looking = database.transaction(async (sql) => {
        const user = `scaler_${randomBytes(6).toString('hex')}`
        await sql.query(localised(role, user))
        await sql.query(`set local role ${user}`)
        await sql.query(`select * from ${table}`)
      })
      await expect(looking).rejects.toThrow('permission denied')
    },
  )

  test('is asked of the schema that the fleet uses', () => {
    const worker = workloadsOf(manifests).find(({ name }) => name === 'worker')
    expect((worker && environmentOf(worker, manifests)['DATABASE_SCHEMA']) ?? schema).toBe(schema)
    for (const { metadata } of triggers) expect(metadata['query']).toContain(`from ${schema}.syncs`)
    expect(triggers.map(({ type, metricType }) => [type, metricType])).toEqual([
      ['postgresql', 'AverageValue'],
      ['postgresql', 'Value'],
    ])
  })
})
