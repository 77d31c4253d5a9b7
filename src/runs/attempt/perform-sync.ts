import type { Database } from '../../ledger/postgres/database'
import type { Attempter } from '../../ledger/work/attempts'
import { postponeSync } from '../../ledger/work/sync-states'
import { recordWait } from '../../ledger/work/sync-waits'
import { findSyncs, isOpen, type SyncRow } from '../../ledger/work/syncs'
import { Batcher } from '../../lib/batcher'
import { seconds } from '../../lib/durations'
import type { SyncData } from '../../queue/bull-jobs'
import type { Leases } from '../../queue/leases'
import type { PerformSync, SyncTools } from '../../queue/sync-consumer'
import type { Verdict } from '../../queue/verdict'
import type { RunEvents, SyncFacts } from '../../telemetry/events'
import { withFacts } from '../../telemetry/logger'
import type { CancelWatch } from '../cancel/cancel-watch'
import { reopenDeadLetter } from '../dead-letters/reopen-dead-letter'
import type { GateRules } from '../gates/gates'
import { newerWorker } from '../slots/carry-out-run'
import { leaseTaken, makeAttempt, type Together } from './attempt'
import { claimSyncs } from './claim-sync'
import type { PerformableJob, SyncDoors } from './drive-sync'
import { isSuspect } from './isolation'
import { type LiveWork, wayMade } from './live-work'
import { settleSyncs } from './settle-syncs'
import { verdictOfSettled } from './verdicts'

export interface PerformOptions {
  readonly database: Database
  readonly leases: Leases
  readonly doors: SyncDoors
  readonly attempter: Attempter
  readonly events: RunEvents
  readonly jobs: ReadonlyMap<string, PerformableJob>
  /** From 0 to 1; spreads backoffs. */
  readonly random: () => number
  /** What a backfill makes way for. */
  readonly liveWork: LiveWork
  /** Tells of syncs that are to end. */
  readonly cancelWatch: CancelWatch
  /** When accounts are kept out, and tried again. Default: the rules of this build. */
  readonly gates?: GateRules
}

/** What many attempts of one worker do at once. */
interface Shared extends Together {
  readonly find: (syncId: string) => Promise<SyncRow | undefined>
}

/** Performs one attempt of a sync: lease, fence, pages, and the outcome in the ledger before the queue hears of it. */
export function performSync(options: PerformOptions): PerformSync {
  const shared: Shared = {
    find: finder(options.database),
    claim: claimSyncs(options.database, options.attempter, options.gates),
    settle: settleSyncs(options.database),
  }
  return async (order, tools) => {
    const sync = await openSyncOf(options.database, shared.find, order, tools)
    if (!sync) return { kind: 'done', result: { sync: order.syncId, state: 'unknown to the ledger' } }
    if (!isOpen(sync)) return verdictOfSettled(sync)
    const performable = options.jobs.get(sync.job)
    if (!performable || performable.job.version < order.version) return { kind: 'wait', after: newerWorker }
    // The account's live sync waits for its lease, and would wait for the whole of our first page.
    if (sync.lane === 'backfill' && (await options.liveWork.ofAccount(sync)))
      return { kind: 'wait', after: wayMade }
    const facts = { jobId: sync.job, runId: sync.runId, syncId: sync.id, accountId: sync.accountId }
    return withFacts({ ...facts }, async () => {
      await using lease = await options.leases.take(sync.accountId, sync.id)
      if (!lease) {
        options.events.leaseRefused(facts)
        await recordWait(options.database, {
          syncId: sync.id,
          kind: 'lease',
          reason: 'another sync works on the account',
        })
        return { kind: 'wait', after: leaseTaken }
      }
      const isAlone = isSuspect(sync)
      await using isolation = isAlone ? await options.leases.takeIsolation(sync.id) : undefined
      if (isAlone && !isolation) return await waitForTurn(options, sync, facts)
      return await makeAttempt(options, shared, { performable, found: sync, lease, isolation, tools, facts })
    })
  }
}

/** How soon a suspect looks again that found another one being tried: that one's first page ends its turn. */
const turnTaken = seconds(2)

/** Another sync that may bring its worker down is being tried. */
async function waitForTurn(
  { database, events }: PerformOptions,
  sync: SyncRow,
  facts: SyncFacts,
): Promise<Verdict> {
  const reason = 'isolated: waits while another suspect is tried alone'
  await postponeSync(database, sync.id, reason, turnTaken)
  await recordWait(database, { syncId: sync.id, kind: 'isolation', reason })
  events.isolationRefused(facts)
  return { kind: 'wait', after: turnTaken }
}

function finder(database: Database): Shared['find'] {
  const batcher = new Batcher<string, SyncRow | undefined>({
    keyOf: (syncId) => syncId,
    perform: async (syncIds) => {
      const found = new Map((await findSyncs(database, syncIds)).map((sync) => [sync.id, sync]))
      return syncIds.map((id) => found.get(id))
    },
  })
  return async (syncId) => batcher.add(syncId)
}

/** The sync that an order names; a dead letter that a person queued again is opened first. */
async function openSyncOf(
  database: Database,
  find: Shared['find'],
  { syncId }: SyncData,
  { stalls }: SyncTools,
): Promise<SyncRow | undefined> {
  const found = await find(syncId)
  if (found?.state !== 'failed') return found
  // Its worker died after the ledger knew and before the queue did.
  const isRedelivered = stalls > found.stalls
  return isRedelivered ? found : (await reopenDeadLetter(database, found)).sync
}
