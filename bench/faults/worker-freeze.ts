import type { Fault } from './fault'
import { busyWorker, secondsBetween, syncsOf, untilGotOn } from './looks'

/** SIGSTOP of a worker until others have overtaken it, then SIGCONT. What it still writes is found as stray pages in the end. */
export const workerFreeze: Fault = {
  kind: 'worker-freeze',
  option: 'freezes',
  title: 'Worker frozen past its lock, then woken',
  recovery: 'another worker has written a page of each of its syncs; the woken one writes nothing of them',
  counts: { long: 100, short: 1 },
  pace: 7,
  overlap: 6000,
  async strike(world) {
    const struck = await busyWorker(world)
    world.workers.drop(struck)
    const at = await world.now()
    struck.signal('SIGSTOP')
    const syncs = await syncsOf(world, struck)
    const recover = async () => {
      const gotOn = await untilGotOn(world, syncs, { since: at })
      struck.signal('SIGCONT')
      // Had it nothing to lose, it would have nothing to say.
      if (syncs.length > 0)
        await world.inTime('the woken worker sees what it lost', struck.logged('attempt lost'))
      world.workers.takeBack(struck)
      return { seconds: secondsBetween(at, gotOn), notes: { 'syncs struck': syncs.length } }
    }
    return { recovered: recover() }
  },
}
