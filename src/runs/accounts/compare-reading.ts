import type { Job } from '../../job/define-job'
import { PositionRefusedError, type SyncError, WaitError } from '../../job/errors'
import { handleOf } from '../../job/stream-handles'
import type { DayWindow, Json, Page } from '../../job/streams'
import type { AnySync, SyncContext } from '../../job/sync'
import type { AccountAccess } from '../../ledger/accounts/account-access'
import { backoff } from '../attempt/backoff'
import { secretsOf, settingsOf, type SyncDoors } from '../attempt/drive-sync'
import { decideOutcome, syncErrorOf } from '../attempt/outcome'
import { operationsInMemory } from './operations-in-memory'

export interface ReadingOptions {
  readonly doors: SyncDoors
  /** Absent for snapshots, which have no days. */
  readonly days: DayWindow | undefined
  readonly now: () => Date
  readonly signal: AbortSignal
  /** Sleeps, so that a test need not. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1; spreads backoffs. */
  readonly random: () => number
  /** Hears what is waited for, and for how long. */
  readonly waiting: (error: SyncError, milliseconds: number) => void
}

/**
 * The pages that a job's sync has for one account, from the beginning, without a trace in ledger or tables: positions and
 * operations live as long as the reading. What the vendor asks us to wait for is waited for here and now, and what may pass is
 * tried again as often as a sync's attempts are; everything else is thrown.
 */
export async function* readAccount(
  job: Job,
  sync: AnySync,
  account: AccountAccess,
  options: ReadingOptions,
): AsyncGenerator<Page, void, undefined> {
  const positions = new Map<string, Json | null>()
  const operations = operationsInMemory(options.now)
  for (let failures = 0; ;) {
    try {
      for await (const page of sync(contextOf(job, account, options, operations, positions) as never)) {
        yield page
        // Only now is it dealt with, as a page that was written is.
        if (page.position !== undefined) positions.set(page.stream, copyOf(page.position))
        failures = 0
      }
      return
    } catch (thrown) {
      options.signal.throwIfAborted()
      const error = syncErrorOf(thrown)
      if (error instanceof PositionRefusedError) positions.clear()
      if (!(error instanceof WaitError)) failures += 1
      const pause = pauseAfter(job, error, failures, options.random())
      options.waiting(error, pause)
      await options.wait(pause, options.signal)
    }
  }
}

/** Milliseconds until it goes on. Throws the error where going on would not help, or is not for us to wait for. */
function pauseAfter(job: Job, error: SyncError, failures: number, random: number): number {
  const outcome = decideOutcome(error, job.effective, failures, random)
  if (outcome.kind === 'wait' || outcome.kind === 'defer') return outcome.after
  if (outcome.kind === 'retry') return Math.max(outcome.after, backoff(job.effective, failures, 1) / 2)
  throw error
}

function contextOf(
  job: Job,
  account: AccountAccess,
  { doors, days, now, signal }: ReadingOptions,
  operations: SyncContext<Job>['operations'],
  positions: ReadonlyMap<string, Json | null>,
): Record<keyof SyncContext<Job>, unknown> {
  const { id, clientId, externalId, timezone } = account
  const streams = Object.entries(job.streams).map(([name, stream]) => [
    name,
    handleOf(name, stream, { cursor: null, position: positions.get(name) }),
  ])
  return {
    account: { id, clientId, externalId, timezone, settings: settingsOf(job, account) },
    secrets: secretsOf(job, account, doors.unseal),
    streams: Object.fromEntries(streams),
    http: doors.http,
    pseudonym: doors.pseudonym,
    operations,
    days,
    mayUseReserve: false,
    wants: () => true,
    signal,
    now: now(),
    note: () => undefined,
  }
}

/** As the ledger would keep it. */
const copyOf = (position: Json | null): Json | null => JSON.parse(JSON.stringify(position)) as Json | null
