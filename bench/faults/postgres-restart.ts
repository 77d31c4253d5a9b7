import type { Fault } from './fault'
import { allUnderWay, secondsBetween, untilGotOn, untilSlotOnTime } from './looks'

/** An immediate shutdown, as after a crash: sessions are cut off, and it recovers from its log. */
export const postgresRestart: Fault = {
  kind: 'postgres-restart',
  option: 'postgres-restarts',
  title: 'Postgres restarted (immediate shutdown, recovery from its log)',
  recovery: 'every sync that was under way has got on, and a slot has run on time',
  counts: { long: 10, short: 1 },
  pace: 20,
  async strike(world) {
    const syncs = await allUnderWay(world)
    const at = await world.now()
    await world.ground.restartPostgres()
    const recover = async () => {
      const back = await world.until('Postgres answers', async () => world.now())
      const gotOn = await untilGotOn(world, syncs, { since: back, mayStay: true })
      const ranAt = await untilSlotOnTime(world, back)
      const notes = { 'seconds that Postgres was away': secondsBetween(at, back) }
      return { seconds: secondsBetween(at, Math.max(gotOn, ranAt)), notes }
    }
    return { recovered: recover() }
  },
}
