import { recordDeploy } from '../../src/ledger/deploys'
import type { Database } from '../../src/ledger/postgres/database'
import { testDatabase } from '../support/database'

describe('recordDeploy', () => {
  let database: Database
  beforeEach(async () => (database = await testDatabase()))
  afterEach(async () => database[Symbol.asyncDispose]())

  const acts = async () =>
    (await database.query('select actor, before, after from audit_log order by id')).rows

  test('records a deployment once, and what changed with the next', async () => {
    const first = { build: '1', jobs: { ctm: { cron: '0 5 * * *', version: 1 } } }
    const second = { build: '1', jobs: { ctm: { version: 1, cron: '0 6 * * *' } } }
    expect(await recordDeploy(database, first, 'ann')).toBe(true)
    expect(await recordDeploy(database, { jobs: first.jobs, build: '1' }, 'bob')).toBe(false)
    expect(await recordDeploy(database, second, 'bob')).toBe(true)
    expect(await acts()).toEqual([
      { actor: 'ann', before: null, after: first },
      { actor: 'bob', before: first, after: second },
    ])
  })
})
