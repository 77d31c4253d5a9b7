import type { Fault } from './fault'
import { allUnderWay, secondsBetween, untilGotOn, untilSlotOnTime } from './looks'

/** `kill -9` of the master that Sentinels watch. It comes back as a replica. */
export const sentinelFailover: Fault = {
  kind: 'sentinel-failover',
  option: 'sentinel-failovers',
  title: 'Redis master killed (-9) under three Sentinels',
  recovery: 'every sync that was under way has got on, and a slot has run on time',
  counts: { long: 5, short: 0 },
  pace: 20,
  redis: 'sentinels',
  async strike(world) {
    const topology = world.ground.sentinels
    if (!topology) throw new Error('there are no Sentinels')
    const master = await topology.master()
    const syncs = await allUnderWay(world)
    const at = await world.now()
    await master.kill()
    const recover = async () => {
      const next = await world.until('another master takes over', async () =>
        topology.master().catch(() => undefined),
      )
      const takenOver = await world.now()
      const gotOn = await untilGotOn(world, syncs, { since: takenOver, mayStay: true })
      const ranAt = await untilSlotOnTime(world, takenOver)
      // One that is back too early is taken for the master, until the Sentinels tell it otherwise.
      await world.until('every Sentinel names the new master', async () => topology.isNamed(next))
      await master.restart()
      await world.until(
        'the old master follows',
        async () => (await master.info('replication', 'role')) === 'slave',
      )
      const notes = { 'seconds until another master takes writes': secondsBetween(at, takenOver) }
      return { seconds: secondsBetween(at, Math.max(gotOn, ranAt)), notes }
    }
    return { recovered: recover() }
  },
}
