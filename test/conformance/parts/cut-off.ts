import { VendorResponseError } from '../../../src/job/errors'
import { freezing, hearing, stoppingAfter } from '../../support/conformance/cut'
import { syncFully, untilSettled } from '../../support/conformance/drive'
import type { TestWorld } from '../../support/conformance/test-world'
import type { Part } from './part'

/** Cuts of a sync of more pages are spread over it; those of a dead letter, which differ less, are fewer. */
const cutsAtMost = 25
const endsAtMost = 8

/** Wherever an attempt ends, the next one makes a whole of it. */
export const survivesBeingCutOff: Part = (of, worlds) => {
  test('cut off after any page, resumed by another worker, it equals the truth', async () => {
    await using world = await worlds.open()
    const pages = await pagesOfAFullSync(world)
    const other = world.newWorker()
    for (const cut of spread(pages)) {
      await world.engine.startOver(world.account)
      const { through, frozen, wake } = freezing(cut)
      const syncId = await world.engine.plan(world.account)
      if (syncId === undefined) throw new Error('the account was skipped')
      const hanging = await untilFrozen(world, syncId, through, frozen)
      const settled = await untilSettled(world.engine, other, syncId).finally(wake)
      await hanging.attempt
      if (settled.state !== 'ok') await syncFully(world.engine, other, world.account)
      const { crashes } = await world.engine.syncNow(syncId)
      expect({ cut, crashes, differences: await world.differences() }).toEqual({
        cut,
        crashes: 1,
        differences: [],
      })
      if ((of.passes ?? 1) > 1) expect(await differencesAfterAnother(world)).toEqual([])
    }
  })

  test('ended for good after any page, and followed by another sync, it equals the truth', async () => {
    await using world = await worlds.open()
    const pages = await pagesOfAFullSync(world)
    for (const cut of spread(pages, endsAtMost)) {
      await world.engine.startOver(world.account)
      // Over all its attempts, as for one that freezes.
      let written = 0
      const fail = hearing(() => {
        written += 1
        if (written === cut) throw new VendorResponseError('made up by the conformance suite')
      })
      const dead = await syncUntilDead(world, fail)
      await world.catchUp()
      const differences = await world.differences()
      expect({ cut, dead, differences }).toEqual({ cut, dead: 'vendor_response', differences: [] })
    }
  })

  test('stopped again and again, by deploy after deploy, it equals the truth', async () => {
    await using world = await worlds.open()
    // One page in the first attempt, two in the second: even what can only start over ends some time.
    const settled = await syncFully(world.engine, world.worker, world.account, (attempt) =>
      stoppingAfter(attempt),
    )
    expect(settled).toMatchObject({ failures: 0, crashes: 0 })
    expect(await world.differences()).toEqual([])
  })
}

/** Syncs until one ends as a dead letter, and returns the code of its error. */
async function syncUntilDead(
  world: TestWorld,
  through: ReturnType<typeof freezing>['through'],
): Promise<string | null> {
  for (let round = 0; round < 20; round += 1) {
    const settled = await world.once(() => ({ through }))
    if (settled.state === 'failed') return settled.error_code
    if (settled.state === 'ok') return null
    await world.engine.rest(world.account)
  }
  return null
}

async function pagesOfAFullSync(world: TestWorld): Promise<number> {
  const { pages } = await syncFully(world.engine, world.worker, world.account)
  expect(pages).toBeGreaterThanOrEqual(2)
  return pages
}

/** The attempt that will freeze, frozen. Where the sync waits first, attempts go before it; returns the one that hangs. */
async function untilFrozen(
  world: TestWorld,
  syncId: string,
  through: ReturnType<typeof freezing>['through'],
  frozen: Promise<void>,
): Promise<{ readonly attempt: Promise<unknown> }> {
  for (let tries = 0; tries < 100; tries += 1) {
    const attempt = world.worker.attempt(syncId, { through })
    const isFrozen = await Promise.race([frozen.then(() => true), attempt.then(() => false)])
    if (isFrozen) return { attempt }
    const { state, wait_until: until } = await world.engine.syncNow(syncId)
    if (state !== 'waiting') throw new Error(`the sync ended ${state} before it could be cut off`)
    if (until) await world.engine.clock.moveTo(until)
  }
  throw new Error('the sync never came to the page it was to be cut off after')
}

async function differencesAfterAnother(world: TestWorld): Promise<string[]> {
  await world.catchUp()
  return world.differences()
}

/** Page numbers from 1 to the one before the last. */
function spread(pages: number, most = cutsAtMost): number[] {
  const last = Math.max(1, pages - 1)
  const step = Math.max(1, last / most)
  return [
    ...new Set(Array.from({ length: Math.min(last, most) }, (_, index) => Math.ceil((index + 1) * step))),
  ]
}
