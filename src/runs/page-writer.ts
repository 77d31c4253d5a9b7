import type { Job } from '../job/define-job'
import type { Page, Stream } from '../job/streams'
import type { Database } from '../ledger/database'
import { holdFence } from '../ledger/fences'
import { moveStreamState } from '../ledger/stream-states'
import { countPage, type PageCounts } from '../ledger/syncs'
import type { Sql } from '../lib/sql'
import { checkRecords } from '../sink/check-records'
import { completeListing } from '../sink/complete-listing'
import { completeWindow } from '../sink/complete-window'
import { setAside } from '../sink/rejected-records'
import { forgetSeen, hasUnreadable, noteUnreadable } from '../sink/seen-records'
import { shadowOf } from '../sink/tables'
import type { Owner, Target } from '../sink/target'
import { writePage } from '../sink/write-page'
import type { Claim } from './claim-sync'

/** Writes the pages of one attempt. */
export class PageWriter {
  readonly #database: Database
  readonly #job: Job
  readonly #claim: Claim
  readonly #owner: Owner
  readonly #schema: string

  constructor(database: Database, job: Job, claim: Claim) {
    const { sync, account } = claim
    this.#database = database
    this.#job = job
    this.#claim = claim
    this.#owner = { clientId: account.clientId, accountId: account.id, syncId: sync.id, mode: sync.mode }
    this.#schema = sync.mode === 'shadow' ? shadowOf(database.schema) : database.schema
  }

  /**
   * Writes a page's records, position or cursor, and counters in one transaction under the attempt's fence: all or nothing.
   * Records that do not fit their stream are set aside, and the rest goes in; a window or listing with a record whose key
   * could not be read removes nothing.
   * Throws FenceLostError where another attempt has the account by now.
   */
  async write(page: Page): Promise<PageCounts> {
    const stream = this.#job.streams[page.stream]
    if (!stream)
      throw new Error(`${this.#job.id} yielded a page for ${page.stream}, which it does not declare`)
    const target: Target = { schema: this.#schema, stream, streamName: page.stream }
    const { good, rejected, rejectedKeys } = checkRecords(stream, page.records)
    return this.#database.transaction(async (sql) => {
      const { account, fence, sync } = this.#claim
      await holdFence(sql, account.id, fence)
      if (page.restarts) await forgetSeen(sql, sync.id, page.stream)
      const written = await writePage(sql, target, this.#owner, good, rejectedKeys)
      await setAside(sql, { ...this.#owner, job: this.#job.id, stream: page.stream }, rejected)
      const isUnreadable = stream.kind !== 'upsert' && rejected.length > rejectedKeys.length
      if (isUnreadable) await noteUnreadable(sql, sync.id, page.stream)
      const { removed } = await complete(sql, target, this.#owner, page.completes)
      await moveStreamState(sql, { accountId: account.id, stream: page.stream, mode: sync.mode }, page)
      const counts = { read: page.records.length, ...written, removed, rejected: rejected.length }
      await countPage(sql, sync.id, counts)
      return counts
    })
  }
}

async function complete(
  sql: Sql,
  target: Target,
  owner: Owner,
  completes: Page['completes'],
): Promise<{ readonly removed: number }> {
  if (completes === undefined || completes === 'slice') return { removed: 0 }
  const { stream, streamName } = target
  if (await hasUnreadable(sql, owner.syncId, streamName)) {
    // A vendor that changes how it writes its keys has not removed all it had.
    await forgetSeen(sql, owner.syncId, streamName)
    return { removed: 0 }
  }
  if (completes === 'listing')
    return completeListing(sql, { ...target, stream: ofKind(stream, 'snapshot') }, owner)
  return completeWindow(sql, { ...target, stream: ofKind(stream, 'window') }, owner, completes)
}

function ofKind<Kind extends Stream['kind']>(stream: Stream, kind: Kind): Extract<Stream, { kind: Kind }> {
  if (stream.kind !== kind) throw new Error(`${stream.table} is no ${kind} stream`)
  return stream as Extract<Stream, { kind: Kind }>
}
