import { VendorRequestError } from '../../src/job/errors'
import type { Sync } from '../../src/job/sync'
import {
  type DeadLetterChoice,
  deadLetterGroups,
  type DeadLetterQuery,
} from '../../src/ledger/work/dead-letters'
import { Disposables } from '../../src/lib/disposables'
import { signatureOf } from '../../src/lib/error-signature'
import { syncBullId } from '../../src/queue/bull-jobs'
import {
  discardDeadLetters,
  retryDeadLetters,
  type RetryOptions,
} from '../../src/runs/dead-letters/dead-letters'
import { watchSyncs } from '../../src/runs/watchdog/watch-syncs'
import { WatchEvents } from '../../src/telemetry/events'
import { silentLogger } from '../../src/telemetry/logger'
import { Engine } from './engine'
import type { madeUp } from './made-up-job'
import { TestQueues } from './queues'

type MadeUpSync = Sync<typeof madeUp>

const by = { actor: 'ada', via: 'cli' } as const
/** The made-up job's id. */
export const job = 'dealertrend'

/** Fails for good, as a vendor's refusal of our request would have it. */
export const refusing = (message: string): MadeUpSync =>
  async function* () {
    yield* []
    throw new VendorRequestError(message)
  }

/** Ends well, without a record. */
export const nothingNew: MadeUpSync = async function* ({ streams: { orders } }) {
  yield orders.complete(1)
}

/** The signature of such a refusal. */
export const signatureId = (message: string): string =>
  signatureOf({ errorClass: 'bug', code: 'vendor_request', message }).id

/** Accounts of the made-up job with runs that fail, and the queues that their BullMQ jobs are in. */
export const deadLetterWorld = async (accounts = 1) => {
  const owned = new Disposables()
  const engine = owned.use(await Engine.open(accounts))
  const { queues, syncJobs } = owned.use(await TestQueues.open())
  const { database } = engine
  const events = new WatchEvents(silentLogger)
  return {
    engine,
    database,
    syncJobs,
    /** A run with a sync of each account, of which those with a message fail with it, and the others end well. */
    async run(messages: readonly (string | undefined)[]): Promise<{ runId: string; syncIds: string[] }> {
      const { runId, syncIds } = await engine.plan()
      await syncJobs.addNew(syncIds.map((syncId) => ({ syncId, job, version: 1 })))
      for (const [index, syncId] of syncIds.entries()) {
        const message = messages[index]
        await engine.attempt(syncId, message === undefined ? nothingNew : refusing(message))
      }
      return { runId, syncIds }
    },
    groups: async (query: DeadLetterQuery = {}) => deadLetterGroups(database, query),
    retry: async (choice: DeadLetterChoice = {}, options: Partial<RetryOptions> = {}) =>
      retryDeadLetters(database, choice, { by, signal: new AbortController().signal, ...options }),
    discard: async (choice: DeadLetterChoice, reason = 'the client left') =>
      discardDeadLetters(database, choice, { by, reason }),
    watch: async () => watchSyncs({ database, syncJobs, events }, 0),
    bullJob: async (syncId: string) => queues.of(job).getJob(syncBullId(syncId)),
    /** Seconds from now until a sync may start; null where it may at once. */
    startsIn: async (syncId: string) => {
      const [row] = await engine.rows(
        `select extract(epoch from wait_until - clock_timestamp())::float8 as left from syncs where id = ${syncId}`,
      )
      return row?.['left'] as number | null
    },
    states: async () => (await engine.rows('select state from syncs order by id')).map((row) => row['state']),
    acts: async () =>
      (
        await database.query(
          'select actor, via, action, subject, after, reason, outcome from audit_log order by id',
        )
      ).rows,
    [Symbol.asyncDispose]: async () => owned[Symbol.asyncDispose](),
  }
}
