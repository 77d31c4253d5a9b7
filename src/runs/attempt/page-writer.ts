import type { Job } from '../../job/define-job'
import type { Page, Stream } from '../../job/streams'
import { moveBackfillPosition } from '../../ledger/backfills/backfill-windows'
import type { Database, HowToTransact } from '../../ledger/postgres/database'
import { moveStreamState } from '../../ledger/streams/stream-states'
import { holdFence } from '../../ledger/work/fences'
import { countPage, type CursorMove, type PageCounts } from '../../ledger/work/syncs'
import type { Sql } from '../../lib/sql'
import { checkRecords } from '../../sink/check-records'
import { completeListing } from '../../sink/complete-listing'
import { completeWindow } from '../../sink/complete-window'
import {
  digestsOf,
  type ForgottenPersons,
  forgetPersons,
  forgottenPersons,
  withoutForgotten,
} from '../../sink/forgotten-persons'
import { setAside } from '../../sink/rejected-records'
import { forgetSeen, hasUnreadable, noteUnreadable } from '../../sink/seen-records'
import { shadowOf } from '../../sink/tables'
import type { Owner, Target } from '../../sink/target'
import { writePage } from '../../sink/write-page'
import type { Claim } from './claim-sync'

/** What a writer of pages needs of an attempt. */
type WritingClaim = Omit<Claim, 'tally'>

/** Writes the pages of one attempt. */
export class PageWriter {
  readonly #database: Database
  readonly #job: Job
  readonly #claim: WritingClaim
  readonly #owner: Owner
  readonly #schema: string
  readonly #how: HowToTransact
  #forgotten: ForgottenPersons | undefined

  /** The signal of `how` ends even a page that is being written. */
  constructor(database: Database, job: Job, claim: WritingClaim, how: HowToTransact = {}) {
    const { sync, account } = claim
    this.#database = database
    this.#job = job
    this.#claim = claim
    this.#how = how
    this.#owner = { clientId: account.clientId, accountId: account.id, syncId: sync.id, mode: sync.mode }
    this.#schema = sync.mode === 'shadow' ? shadowOf(database.schema) : database.schema
  }

  /**
   * Writes a page's records, position or cursor, and counters in one transaction under the attempt's fence: all or nothing.
   * Records that do not fit their stream are set aside, and the rest goes in; a window or listing with a record whose key
   * could not be read removes nothing. Persons whom the page forgets, or one before it forgot, lack their personal columns.
   * Throws FenceLostError where another attempt has the account by now.
   */
  async write(page: Page): Promise<PageCounts> {
    const stream = this.#job.streams[page.stream]
    if (!stream)
      throw new Error(`${this.#job.id} yielded a page for ${page.stream}, which it does not declare`)
    const target: Target = { schema: this.#schema, stream, streamName: page.stream }
    const forgotten = await this.#forgottenWith(page.forgets ?? [])
    const { good, rejected, rejectedKeys } = checkRecords(
      stream,
      withoutForgotten(stream, this.#claim.account.id, page.records, forgotten),
    )
    const counts = await this.#database.transaction(async (sql) => {
      const { account, fence, sync } = this.#claim
      await holdFence(sql, account.id, fence)
      if (page.restarts) await forgetSeen(sql, sync.id, page.stream)
      const { emptied } = await this.#forget(sql, page.forgets)
      const written = await writePage(sql, target, this.#owner, good, {
        rejectedKeys,
        gone: page.gone === true,
      })
      await setAside(sql, { ...this.#owner, job: this.#job.id, stream: page.stream }, rejected)
      const isUnreadable = stream.kind !== 'upsert' && rejected.length > rejectedKeys.length
      if (isUnreadable) await noteUnreadable(sql, sync.id, page.stream)
      const { removed } = await complete(sql, target, this.#owner, page.completes)
      const did: PageCounts = {
        read: page.records.length,
        inserted: written.inserted,
        updated: written.updated + emptied,
        unchanged: written.unchanged,
        removed: written.removed + removed,
        rejected: rejected.length,
      }
      await Promise.all([this.#move(sql, page), countPage(sql, sync.id, did, this.#cursorMoved(page))])
      return did
    }, this.#how)
    this.#forgotten = forgotten
    return counts
  }

  /** Where the stream goes on. A backfill has positions of its own and leaves cursors alone. */
  async #move(sql: Sql, page: Page): Promise<void> {
    const { account, sync, backfill } = this.#claim
    if (!backfill)
      return moveStreamState(sql, { accountId: account.id, stream: page.stream, mode: sync.mode }, page)
    const { position, completes } = page
    return moveBackfillPosition(sql, backfill.id, page.stream, {
      ...(position === undefined ? {} : { position }),
      isRead: completes !== undefined,
    })
  }

  /** The stream's cursor before this attempt and after the page, where the page moves it. */
  #cursorMoved({ stream, cursor }: Page): CursorMove | undefined {
    const { states, backfill } = this.#claim
    if (backfill || cursor === undefined) return undefined
    return { stream, from: states.find((state) => state.stream === stream)?.cursor ?? null, to: cursor }
  }

  /**
   * Everyone forgotten so far, and these. Asked for once in an attempt: nobody else adds to it while the fence holds, and
   * where the fence was lost nothing is written.
   */
  async #forgottenWith(subjects: readonly string[]): Promise<ForgottenPersons> {
    const { streams } = this.#job
    if (!Object.values(streams).some(({ personal }) => personal)) return new Set()
    const { id } = this.#claim.account
    this.#forgotten ??= await forgottenPersons(this.#database, id)
    return subjects.length === 0
      ? this.#forgotten
      : new Set([...this.#forgotten, ...digestsOf(streams, id, subjects)])
  }

  /** In the tables of both modes: what a shadow run wrote is of the same persons. */
  async #forget(sql: Sql, subjects: readonly string[] = []): Promise<{ readonly emptied: number }> {
    if (subjects.length === 0) return { emptied: 0 }
    const { schema } = this.#database
    return forgetPersons(sql, this.#job, this.#claim.account.id, [schema, shadowOf(schema)], subjects)
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
