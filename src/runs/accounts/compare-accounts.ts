import type { Job } from '../../job/define-job'
import type { AnySync } from '../../job/sync'
import type { AccountAccess } from '../../ledger/accounts/account-access'
import type { Database } from '../../ledger/postgres/database'
import { shadowOf } from '../../sink/tables'
import { syncErrorOf } from '../attempt/outcome'
import { readAccount, type ReadingOptions } from './compare-reading'
import { isComparable, StreamComparer, type StreamComparison } from './compare-stream'

/** How one account compares, or why it could not be compared. */
export interface AccountComparison {
  readonly account: string
  readonly client: string
  readonly externalId: string
  readonly streams: readonly StreamComparison[]
  /** Present where the vendor could not be read to the end. */
  readonly error?: { readonly code: string; readonly message: string }
}

export interface CompareOptions extends ReadingOptions {
  readonly database: Database
  readonly job: Job
  readonly sync: AnySync
  /** Names of streams. Others are read where the sync reads them, and not looked at. */
  readonly streams: readonly string[]
}

/**
 * Reads accounts once more from their vendor, one after the other, and holds the natural keys of what it has against the
 * tables. Writes nothing. One account that cannot be read does not keep the others from it.
 */
export async function* compareAccounts(
  accounts: readonly AccountAccess[],
  options: CompareOptions,
): AsyncGenerator<AccountComparison, void, undefined> {
  for (const account of accounts) yield compareAccount(account, options)
}

export const differs = ({ streams, error }: AccountComparison): boolean =>
  error !== undefined || streams.some(({ missing, surplus }) => missing + surplus > 0)

async function compareAccount(account: AccountAccess, options: CompareOptions): Promise<AccountComparison> {
  const { job, sync, signal } = options
  const names = { account: account.id, client: account.clientId, externalId: account.externalId }
  const comparers = await comparersOf(account, options)
  try {
    for await (const page of readAccount(job, sync, account, options)) comparers.get(page.stream)?.take(page)
  } catch (thrown) {
    signal.throwIfAborted()
    const { code, message } = syncErrorOf(thrown)
    // What was read is no whole: what it lacks says nothing.
    return { ...names, streams: [], error: { code, message } }
  }
  const streams: StreamComparison[] = []
  for (const comparer of comparers.values()) streams.push(await comparer.result())
  return { ...names, streams }
}

async function comparersOf(
  { id: accountId, timezone }: AccountAccess,
  { database, job, streams: names, days }: CompareOptions,
): Promise<Map<string, StreamComparer>> {
  const schema = job.effective.mode === 'shadow' ? shadowOf(database.schema) : database.schema
  const comparers = new Map<string, StreamComparer>()
  for (const streamName of names) {
    const stream = job.streams[streamName]
    if (!stream || !isComparable(stream)) continue
    const target = { schema, stream, streamName }
    comparers.set(streamName, await StreamComparer.open(database, target, { accountId, timezone, days }))
  }
  return comparers
}
