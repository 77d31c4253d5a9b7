import { FenceLostError } from '../../../src/job/errors'
import type { Database } from '../../../src/ledger/postgres/database'
import { holdFence, raiseFence } from '../../../src/ledger/work/fences'
import { testDatabase } from '../../support/database'
import { someAccounts } from '../../support/ledger'

describe('the fence of an account', () => {
  let database: Database
  let account: string
  beforeEach(async () => {
    database = await testDatabase()
    account = (await someAccounts(database, 'ctm', 1))[0] ?? ''
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  test('holds for the last claim only', async () => {
    const first = await raiseFence(database, account)
    const second = await raiseFence(database, account)

    await expect(holdFence(database, account, first)).rejects.toThrow(FenceLostError)
    await expect(holdFence(database, account, second)).resolves.toBeUndefined()
  })

  test('makes a claim wait for a page that is being written', async () => {
    const fence = await raiseFence(database, account)
    const order: string[] = []
    let claim: Promise<unknown> | undefined

    await database.transaction(async (sql) => {
      await holdFence(sql, account, fence)
      claim = raiseFence(database, account).then(() => order.push('claimed'))
      // The claim is in the server's hands once it waits for our lock.
      await untilSomeoneWaits(database)
      order.push('page written')
    })
    await claim

    expect(order).toEqual(['page written', 'claimed'])
  })

  test('undoes a page whose account was claimed before it', async () => {
    const fence = await raiseFence(database, account)
    await raiseFence(database, account)

    const page = database.transaction(async (sql) => {
      await sql.query(`update clients set name = 'changed'`)
      await holdFence(sql, account, fence)
    })

    await expect(page).rejects.toThrow(FenceLostError)
    const { rows } = await database.query(`select 1 from clients where name = 'changed'`)
    expect(rows).toEqual([])
  })
})

async function untilSomeoneWaits(database: Database): Promise<void> {
  for (;;) {
    const { rowCount } = await database.query(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update accounts set fence%'
         and application_name = current_setting('application_name')`,
    )
    if (rowCount > 0) return
  }
}
