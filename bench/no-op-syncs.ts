import type { Queue } from 'bullmq'
import type { PerformSync } from '../src/queue/sync-consumer'
import { deferred } from '../test/support/deferred'
import type { Bench } from './bench'
import { alternate } from './measure'
import { Spine } from './spine'

const syncsPerRound = 5000
const concurrency = 200

/** What the engine itself costs: syncs that have nothing to do, against jobs of bare BullMQ that do nothing. */
export const noOpSyncs: Bench = {
  name: 'no-op-syncs',
  title: `No-op syncs, ${syncsPerRound} a round, ${concurrency} at once in one worker`,
  rounds: 7,
  async run({ redisUrl, databaseUrl, rounds, signal }) {
    await using spine = await Spine.open({ redisUrl, databaseUrl }, syncsPerRound)
    let bare: Queue
    let planned = ''
    const plan = async () => void ({ runId: planned } = await spine.plan())
    const found = await alternate(
      'syncs/s',
      [
        {
          name: 'bare BullMQ',
          prepare: async () => void (bare = await spine.addBare(syncsPerRound)),
          perform: async () => {
            await spine.consumeBare(bare, concurrency, syncsPerRound)
            return syncsPerRound
          },
        },
        {
          name: 'with a lease each',
          prepare: async () => {
            await plan()
            // Nothing settles these: they must not be in the way of the next round's.
            await spine.database.query(
              `update syncs set state = 'cancelled', settled_at = now() where settled_at is null`,
            )
          },
          perform: () => leasesOnly(spine),
        },
        { name: 'the whole path', prepare: plan, perform: () => wholePath(spine, planned) },
      ],
      { rounds, signal },
    )
    return [
      found.figure('bare BullMQ'),
      found.ratio('with a lease each', 'bare BullMQ'),
      found.ratio('the whole path', 'bare BullMQ', { atLeast: 0.2 }),
    ]
  },
}

/** Lease, claim, fence, the sync itself, settlement: all that a worker does. */
async function wholePath(spine: Spine, runId: string): Promise<number> {
  const { promise: over, resolve } = deferred()
  const perform = spine.performer((settled) => {
    if (settled === runId) resolve()
  })
  await spine.consume(perform, concurrency, over)
  return syncsPerRound
}

/** The same without the ledger: what is left to say is Postgres' part. */
async function leasesOnly(spine: Spine): Promise<number> {
  const { promise: over, resolve } = deferred()
  let left = syncsPerRound
  const perform: PerformSync = async ({ syncId }) => {
    const lease = await spine.leases.take(syncId, syncId)
    await lease?.[Symbol.asyncDispose]()
    left -= 1
    if (left === 0) resolve()
    return { kind: 'done', result: null }
  }
  await spine.consume(perform, concurrency, over)
  return syncsPerRound
}
