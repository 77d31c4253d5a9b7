import { seconds } from '../../src/lib/durations'
import { wait } from '../../src/lib/wait'
import type { Fault, Strike } from './fault'
import { allUnderWay, secondsBetween, untilGotOn, untilSlotOnTime } from './looks'
import { openNow, untilWhole } from './redis-whole'
import type { World } from './world'

/** How long Redis is away where it is killed. */
const away = seconds(2)

/** `kill -9` of Redis, which finds its append-only file when it is back. */
export const redisKill: Fault = {
  kind: 'redis-kill',
  option: 'redis-kills',
  title: 'Redis killed (-9), back after 2 s with its append-only file',
  recovery: 'every sync that was under way has got on, and a slot has run on time',
  counts: { long: 10, short: 1 },
  pace: 15,
  async strike(world) {
    const at = await world.now()
    const syncs = await allUnderWay(world)
    await world.ground.killRedis()
    const recover = async () => {
      await wait(away, world.signal)
      await world.ground.startRedis()
      const back = await world.now()
      const gotOn = await untilGotOn(world, syncs, { since: back, mayStay: true })
      const ranAt = await untilSlotOnTime(world, back)
      return { seconds: secondsBetween(at, Math.max(gotOn, ranAt)) }
    }
    return { recovered: recover() }
  },
}

/** FLUSHALL in the middle of runs. */
export const redisFlush: Fault = {
  kind: 'redis-flush',
  option: 'redis-wipes',
  title: 'Redis emptied (FLUSHALL) in the middle of runs',
  recovery: 'all nine job schedulers and the BullMQ job of every open sync are back',
  target: 30,
  counts: { long: 5, short: 1 },
  pace: 18,
  strike: (world) =>
    lose(world, async () => {
      const { redis } = world.queues
      await redis.call('FLUSHALL')
    }),
}

/** Redis killed, and started again on an empty disk. */
export const redisDisk: Fault = {
  kind: 'redis-disk',
  option: 'redis-wipes',
  title: 'Redis killed (-9) and its disk lost in the middle of runs',
  recovery: 'all nine job schedulers and the BullMQ job of every open sync are back',
  target: 30,
  counts: { long: 5, short: 0 },
  pace: 20,
  strike: (world) =>
    lose(world, async () => {
      await world.ground.killRedis()
      await world.ground.wipeRedisDisk()
      await world.ground.startRedis()
    }),
}

/** Has Redis forget all that it holds, and waits until the fleet has rebuilt it. */
async function lose(world: World, strike: () => Promise<void>): Promise<Strike> {
  await world.until('syncs are under way', async () => (await allUnderWay(world)).length > 2)
  const open = await openNow(world)
  const at = await world.now()
  await strike()
  const recover = async () => {
    const whole = await untilWhole(world, open)
    const ranAt = await untilSlotOnTime(world, at)
    const notes = { 'seconds until a slot ran on time': secondsBetween(at, ranAt), 'open syncs': open.length }
    return { seconds: secondsBetween(at, whole), notes }
  }
  return { recovered: recover() }
}
