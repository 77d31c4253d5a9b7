import { currentLeader } from '../../src/ledger/leadership'
import type { Spawned } from '../../test/support/spawned'
import type { Fault, Strike } from './fault'
import { secondsBetween, untilSlotOnTime } from './looks'
import type { World } from './world'

/** `kill -9` of the scheduler that leads. */
export const schedulerKill: Fault = {
  kind: 'scheduler-kill',
  option: 'scheduler-kills',
  title: 'Leading scheduler killed (-9)',
  recovery: 'another leads, and a slot due after that has run on time',
  target: 15,
  counts: { long: 30, short: 1 },
  pace: 13,
  strike: (world) => endLeader(world, async (leader) => leader.end('SIGKILL')),
}

/** SIGTERM of the scheduler that leads. */
export const leadHandOver: Fault = {
  kind: 'lead-hand-over',
  option: 'lead-hand-overs',
  title: 'Leading scheduler told to stop (SIGTERM)',
  recovery: 'another leads',
  target: 2,
  counts: { long: 10, short: 0 },
  pace: 8,
  strike: (world) => endLeader(world, async (leader) => leader.end('SIGTERM'), { isPlanned: true }),
}

async function endLeader(
  world: World,
  end: (leader: Spawned) => Promise<unknown>,
  { isPlanned = false } = {},
): Promise<Strike> {
  const leader = await leadingScheduler(world)
  world.schedulers.drop(leader)
  const at = await world.now()
  const ended = end(leader)
  const recover = async () => {
    const [led] = await Promise.all([untilAnotherLeads(world, leader), ended])
    const ranAt = await untilSlotOnTime(world, led)
    // Only now: a process that starts late in the lead's lapse would be there for it.
    await world.schedulers.add()
    const notes = {
      'seconds until another leads': secondsBetween(at, led),
      'seconds until a slot ran on time under it': secondsBetween(at, ranAt),
    }
    return { seconds: secondsBetween(at, isPlanned ? led : ranAt), notes }
  }
  return { recovered: recover() }
}

/** The one that leads, once there is another that could. */
async function leadingScheduler(world: World): Promise<Spawned> {
  return world.until('a scheduler leads', async () => {
    const leader = await currentLeader(world.fleet.database)
    return world.schedulers.members.find(({ pid }) => leader?.holder.startsWith(`${pid}-`))
  })
}

async function untilAnotherLeads(world: World, { pid }: Spawned): Promise<number> {
  return world.until('another scheduler leads', async () => {
    const leader = await currentLeader(world.fleet.database)
    return leader !== undefined && !leader.holder.startsWith(`${pid}-`) && world.now()
  })
}
