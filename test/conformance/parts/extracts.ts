import type { TestWorld } from '../../support/conformance/test-world'
import { offered, type Part, testUnless } from './part'

/** An extract is asked for once, and nobody is held while it is prepared. */
export const waitsForExtracts: Part = (of, worlds) => {
  testUnless(
    of,
    'isExtractStart',
    'waits for an extract hold nothing, and a restart asks for no second one',
    async () => {
      await using world = await worlds.open()
      const isStart = offered(world.world.isExtractStart, 'isExtractStart')
      const starts = (): number => world.requests.filter(isStart).length
      const settled = await world.once()
      expect(settled).toMatchObject({ state: 'ok', failures: 0, crashes: 0 })
      expect(settled.waits).toBeGreaterThan(0)
      const needed = starts()
      expect(needed).toBeGreaterThan(0)

      await world.engine.startOver(world.account)
      const syncId = await world.engine.plan(world.account)
      if (syncId === undefined) throw new Error('the account was skipped')
      // Every attempt by another worker, as if each wait saw a deploy.
      for (let now = await world.engine.syncNow(syncId); now.state === 'waiting';) {
        if (now.wait_until) await world.engine.clock.moveTo(now.wait_until)
        await world.newWorker().attempt(syncId)
        now = await world.engine.syncNow(syncId)
        if (now.state !== 'waiting') expect(now.state).toBe('ok')
        else {
          expect(now.failures).toBe(0)
          expect(await heldBy(world, syncId)).toEqual({ attempts: 0, isLeased: false })
        }
      }
      expect(starts()).toBe(2 * needed)
      expect(await world.differences()).toEqual([])
    },
  )
}

/** What a waiting sync holds: attempts under way, and the lease on its account. */
async function heldBy(world: TestWorld, syncId: string): Promise<{ attempts: number; isLeased: boolean }> {
  const { rowCount: attempts } = await world.engine.database.query(
    "select 1 from attempts where sync_id = $1 and outcome = 'running'",
    [syncId],
  )
  const lease = await world.worker.leases.take(world.account.id, 'somebody else')
  await lease?.[Symbol.asyncDispose]()
  return { attempts, isLeased: lease === undefined }
}
