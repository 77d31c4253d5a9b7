import { inWords, minutes, seconds } from '../../src/lib/durations'
import { currentLeader } from '../../src/ledger/leadership'
import { wait } from '../../src/lib/wait'
import type { Spawned } from '../../test/support/spawned'
import type { Fault, Recovered } from './fault'
import { secondsBetween, syncsOf, untilGotOn, untilSlotRan } from './looks'
import { preloaded } from './preloaded'
import { endSpecialWorker, startSpecialWorker } from './special-worker'
import type { World } from './world'

const jump = minutes(10)
const lasts = seconds(15)

/** A worker's wall clock, ahead and back. */
export const clockJumps: readonly Fault[] = [
  jumpOf('worker', 'ahead', jump),
  jumpOf('worker', 'back', -jump),
  jumpOf('scheduler', 'ahead', jump),
  jumpOf('scheduler', 'back', -jump),
]

function jumpOf(command: 'worker' | 'scheduler', direction: 'ahead' | 'back', by: number): Fault {
  return {
    kind: `${command}-clock-${direction}`,
    option: 'clock-jumps',
    title: `Clock of a ${command === 'worker' ? 'worker' : 'leading scheduler'} ${inWords(jump)} ${direction} for ${inWords(lasts)}`,
    recovery: 'its syncs have got on, and a slot due since has run, on time or caught up',
    counts: { long: 2, short: command === 'worker' && direction === 'ahead' ? 1 : 0 },
    pace: 40,
    async strike(world) {
      const env = preloaded('clock', by)
      const strike = command === 'worker' ? await strikeWorker(world, env) : await strikeLeader(world, env)
      return { recovered: strike() }
    },
  }
}

async function strikeWorker(world: World, env: Readonly<Record<string, string>>) {
  const struck = await startSpecialWorker(world, env)
  return async (): Promise<Recovered> => {
    const recovered = await jumpAndBack(world, struck)
    await endSpecialWorker(world, struck)
    return recovered
  }
}

/** The others end first, so that the lead is its own. */
async function strikeLeader(world: World, env: Readonly<Record<string, string>>) {
  const others = world.schedulers.members
  const struck = await world.schedulers.add(env)
  for (const other of others) await world.schedulers.retire(other)
  await world.until('it leads', async () =>
    (await currentLeader(world.fleet.database))?.holder.startsWith(`${struck.pid}-`),
  )
  return async (): Promise<Recovered> => {
    const recovered = await jumpAndBack(world, struck)
    for (const _ of others) await world.schedulers.add()
    await world.inTime('the scheduler ends', world.schedulers.retire(struck))
    return recovered
  }
}

async function jumpAndBack(world: World, struck: Spawned): Promise<Recovered> {
  const syncs = await syncsOf(world, struck)
  const at = await world.now()
  struck.signal('SIGUSR2')
  const gotOn = await untilGotOn(world, syncs, { since: at, mayStay: true })
  const ranAt = await untilSlotRan(world, at)
  await wait(lasts, world.signal)
  const backAt = await world.now()
  struck.signal('SIGUSR2')
  const ranAfter = await untilSlotRan(world, backAt)
  const notes = {
    'seconds from the clock set right to a slot that ran': secondsBetween(backAt, ranAfter),
    'runs begun before they were due': await runsBegunEarly(world, at),
  }
  return { seconds: secondsBetween(at, Math.max(gotOn, ranAt)), notes }
}

async function runsBegunEarly({ fleet }: World, since: number): Promise<number> {
  const { rowCount } = await fleet.database.query(
    `select 1 from runs where kind = 'slot' and started_at > $1 and started_at < due_at - interval '1 second'`,
    [new Date(since)],
  )
  return rowCount
}
