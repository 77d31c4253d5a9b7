import { cancelSync } from '../../src/runs/cancel/cancel'
import { only } from '../../src/lib/sql'
import type { Fault } from './fault'
import { secondsBetween } from './looks'
import type { World } from './world'

/** No fault of anybody's: a person ends a sync whose vendor does not answer. */
export const cancel: Fault = {
  kind: 'cancel',
  option: 'cancels',
  title: 'Sync cancelled while its vendor does not answer',
  recovery: 'the sync is settled as cancelled',
  target: 2,
  counts: { long: 30, short: 1 },
  pace: 3,
  async strike(world) {
    const sync = await hangingSync(world)
    const at = await world.now()
    const recover = async () => {
      const { state } = await world.inTime('the sync is cancelled', order(world, sync))
      world.slowVendor()
      if (state !== 'cancelled') throw new Error(`sync ${sync} ended as ${state} although it was cancelled`)
      const { rows } = await world.fleet.database.query<{ settledAt: Date }>(
        'select settled_at as "settledAt" from syncs where id = $1',
        [sync],
      )
      return { seconds: secondsBetween(at, rows[0]?.settledAt.getTime() ?? Number.NaN) }
    }
    return { recovered: recover() }
  },
}

const order = async ({ fleet, queues, signal }: World, syncId: string) =>
  cancelSync(
    fleet.database,
    syncId,
    { actor: 'faults', via: 'cli', reason: 'its vendor does not answer' },
    { signal, unqueue: async (syncs) => queues.syncJobs.remove(syncs) },
  )

/** A sync in the middle of its pages whose next request is never answered. */
async function hangingSync(world: World): Promise<string> {
  const account = await world.until('a sync is in the middle of its pages', async () => {
    const { rows } = await world.fleet.database.query<{ id: string; externalId: string }>(
      `select a.id, a.external_id as "externalId" from syncs s join accounts a on a.id = s.account_id
       where s.state = 'running' and s.pages > 0`,
    )
    return world.pick(rows)
  })
  const { faults } = world.fleet.sandbox
  world.hangVendor(`/accounts/${account.externalId}/calls`)
  await world.until('its next request hangs', async () => faults.pending === 1)
  // Where that sync was just over, it is the account's next one.
  const { rows } = await world.fleet.database.query<{ id: string }>(
    "select id from syncs where account_id = $1 and state = 'running'",
    [account.id],
  )
  return only({ rows }).id
}
