import { inWords, seconds } from '../../src/lib/durations'
import { wait } from '../../src/lib/wait'
import { Relay } from '../../test/support/relay'
import type { Fault, Recovered } from './fault'
import { busyWorker, secondsBetween, syncsOf, untilGotOn } from './looks'
import { endSpecialWorker, startSpecialWorker } from './special-worker'
import type { World } from './world'

const lasts = seconds(15)

/** A worker that the network keeps from Redis or from Postgres, by refusing it or by swallowing all it sends. */
export const partitions: readonly Fault[] = [
  partitionOf('redis', 'cut'),
  partitionOf('redis', 'silent'),
  partitionOf('postgres', 'cut'),
  partitionOf('postgres', 'silent'),
]

function partitionOf(server: 'redis' | 'postgres', manner: 'cut' | 'silent'): Fault {
  const name = server === 'redis' ? 'Redis' : 'Postgres'
  return {
    kind: `partition-${server}-${manner}`,
    option: 'partitions',
    title: `Worker ${manner === 'cut' ? 'refused by' : 'without an answer from'} ${name} for ${inWords(lasts)}`,
    recovery: 'each of its syncs has written its next page, here or elsewhere',
    counts: { long: 3, short: (server === 'redis') === (manner === 'silent') ? 1 : 0 },
    pace: 25,
    async strike(world) {
      const url = server === 'redis' ? world.ground.way.url : world.ground.postgresUrl
      const relay = new Relay(url)
      const through = new URL(url)
      through.port = String(await relay.start())
      const setting = server === 'redis' ? 'REDIS_URL' : 'DATABASE_URL'
      const recover = async () => {
        await using between = relay
        return await part(world, between, manner, { [setting]: through.href })
      }
      return { recovered: recover() }
    },
  }
}

async function part(
  world: World,
  relay: Relay,
  manner: 'cut' | 'silent',
  env: Readonly<Record<string, string>>,
): Promise<Recovered> {
  const struck = await startSpecialWorker(world, env)
  const syncs = await syncsOf(world, struck)
  const at = await world.now()
  if (manner === 'cut') await relay.stop()
  else relay.hold()
  const heal = async () => {
    await wait(lasts, world.signal)
    if (manner === 'cut') await relay.start()
    else relay.release()
  }
  // What was on its way when the fault struck counts for what came before it.
  const [gotOn] = await Promise.all([
    untilGotOn(world, syncs, { since: at + seconds(0.5), mayStay: true }),
    heal(),
  ])
  // A worker that is whole again takes work.
  await busyWorker(world, () => [struck])
  await endSpecialWorker(world, struck)
  return { seconds: secondsBetween(at, gotOn), notes: { 'syncs struck': syncs.length } }
}
