import { jobIds } from '../../src/job/define-job'
import { minutes, seconds } from '../../src/lib/durations'
import { wait } from '../../src/lib/wait'
import { Fleet, type FleetAccount } from '../support/fleet'
import { freezeWorld, slotsUntil, untilQuiet } from '../support/ordeal'
import type { Spawned } from '../support/spawned'
import { watchPages, strayPages } from '../support/watch-pages'

jest.setTimeout(minutes(12))

const accounts: readonly FleetAccount[] = [
  { id: 1, timezone: 'America/New_York', history: 900, every: 700 },
  { id: 2, timezone: 'America/Chicago', history: 600, every: 1100 },
  { id: 3, timezone: 'America/Los_Angeles', history: 400, every: 1500 },
  { id: 4, timezone: 'Pacific/Honolulu', history: 300, every: 2000 },
  { id: 5, timezone: 'America/Phoenix', history: 200, every: 900 },
  { id: 6, timezone: 'UTC', history: 0, every: 800 },
]

describe('a fleet whose processes are restarted and killed for a minute', () => {
  let fleet: Fleet
  /** The end of the ordeal, by Postgres' clock. */
  let end: Date
  beforeAll(async () => {
    fleet = await Fleet.open(accounts)
    await watchPages(fleet.database)
    end = await ordeal(fleet)
    await untilQuiet(fleet, end)
  })
  afterAll(async () => fleet[Symbol.asyncDispose]())

  test('gives every slot of every job exactly one outcome', async () => {
    const jobs = await slotsUntil(fleet, end)
    expect(jobs).toHaveLength(jobIds.length)
    for (const { dueAt, expected, states } of jobs) {
      expect(dueAt).toEqual(expected)
      expect(expected.length).toBeGreaterThanOrEqual(10)
      expect(states).not.toContain('due')
    }
  })

  test('commits no page under an old fence', async () => {
    const { pages, strays } = await strayPages(fleet.database)
    expect(pages).toBeGreaterThan(100)
    expect(strays).toEqual([])
  })

  test('ends with the same calls as the vendor has', async () => {
    for (const { id } of accounts) expect([id, await fleet.differences(id)]).toEqual([id, []])
  })
})

/** A minute of trouble, after which the vendors' world stands still. */
async function ordeal(fleet: Fleet): Promise<Date> {
  const schedulers = [await fleet.start('scheduler'), await fleet.start('scheduler')]
  const workers = await Promise.all([1, 2, 3].map(() => fleet.start('worker')))
  const over = AbortSignal.timeout(minutes(1))
  const every = async (interval: number, strike: (time: number) => Promise<void>): Promise<void> => {
    for (let time = 0; ; time += 1) {
      await wait(interval, over).catch(() => undefined)
      if (over.aborted) return
      await strike(time)
    }
  }
  await Promise.all([
    every(seconds(5), async (time) => replace(fleet, workers, time % workers.length, 'SIGKILL')),
    every(seconds(10), async (time) =>
      replace(fleet, schedulers, time % schedulers.length, time % 3 === 2 ? 'SIGKILL' : 'SIGTERM'),
    ),
  ])
  return freezeWorld(fleet)
}

async function replace(
  fleet: Fleet,
  processes: Spawned[],
  index: number,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  const struck = processes[index]
  if (!struck) throw new Error('nothing to strike')
  const code = await struck.end(signal)
  if (signal === 'SIGTERM' && code !== 0) throw new Error(`${struck.command} ended with ${code} on SIGTERM`)
  processes[index] = await fleet.start(struck.command as 'scheduler' | 'worker')
}
