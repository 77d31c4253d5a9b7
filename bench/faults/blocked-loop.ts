import { seconds } from '../../src/lib/durations'
import type { Fault } from './fault'
import { secondsBetween, syncsOf, untilGotOn } from './looks'
import { preloaded } from './preloaded'
import { endSpecialWorker, startSpecialWorker } from './special-worker'

/** Longer than the lock of a BullMQ job and the lease of an account. */
const blockedFor = seconds(12)

/** An event loop that stands still, as by an endless regular expression, and goes on after others have its syncs. */
export const blockedLoop: Fault = {
  kind: 'blocked-loop',
  option: 'blocked-loops',
  title: 'Worker whose event loop stands still for 12 s, past its lock',
  recovery: 'another worker has written a page of each of its syncs; the blocked one writes nothing of them',
  counts: { long: 10, short: 1 },
  pace: 20,
  async strike(world) {
    const struck = await startSpecialWorker(world, preloaded('block', blockedFor))
    const syncs = await syncsOf(world, struck)
    const at = await world.now()
    struck.signal('SIGUSR2')
    const recover = async () => {
      const gotOn = await untilGotOn(world, syncs, { since: at })
      await world.inTime('the blocked worker sees what it lost', struck.logged('attempt lost'))
      await endSpecialWorker(world, struck)
      return { seconds: secondsBetween(at, gotOn), notes: { 'syncs struck': syncs.length } }
    }
    return { recovered: recover() }
  },
}
