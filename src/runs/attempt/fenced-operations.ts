import type { Operations } from '../../job/sync'
import type { Database, HowToTransact } from '../../ledger/postgres/database'
import { findOperation, forgetOperation, keepOperation } from '../../ledger/streams/operations'
import { holdFence } from '../../ledger/work/fences'
import type { Sql } from '../../lib/sql'
import type { Claim } from './claim-sync'

/**
 * The operations of a claimed account. What is changed is changed under the attempt's fence, as a page is: a change throws
 * FenceLostError where another attempt has the account by now.
 */
export function fencedOperations(
  database: Database,
  { sync, account, fence }: Pick<Claim, 'sync' | 'account' | 'fence'>,
  how: HowToTransact = {},
): Operations {
  const owner = { accountId: account.id, mode: sync.mode, lane: sync.lane, syncId: sync.id }
  const change = async (work: (sql: Sql) => Promise<void>): Promise<void> =>
    database.transaction(async (sql) => {
      await holdFence(sql, account.id, fence)
      await work(sql)
    }, how)
  return {
    find: async (purpose) => findOperation(database, owner, purpose),
    keep: async (purpose, details, place) =>
      change(async (sql) => keepOperation(sql, owner, purpose, details, place)),
    forget: async (purpose) => change(async (sql) => forgetOperation(sql, owner, purpose)),
  }
}
