import { jobIds } from '../../src/job/define-job'
import { minutes } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { Fleet, type FleetAccount } from '../support/fleet'
import { freezeWorld, slotsUntil, untilQuiet } from '../support/ordeal'
import { withRedisServer } from '../support/redis-nodes'
import type { Topology } from '../support/redis-ground'
import { startSentinels } from '../support/redis-topologies'
import type { Spawned } from '../support/spawned'
import { until } from '../support/until'
import { strayPages, watchPages } from '../support/watch-pages'

jest.setTimeout(minutes(10))

const accounts: readonly FleetAccount[] = [
  { id: 1, timezone: 'America/New_York', history: 900, every: 700 },
  { id: 2, timezone: 'America/Chicago', history: 600, every: 1100 },
  { id: 3, timezone: 'America/Los_Angeles', history: 400, every: 1500 },
  { id: 4, timezone: 'UTC', history: 0, every: 800 },
]
const kills = 2

withRedisServer('a fleet whose Redis master is killed under load, twice', () => {
  let topology: Topology
  let fleet: Fleet
  let processes: readonly Spawned[]
  /** The end of the ordeal, by Postgres' clock. */
  let end: Date
  beforeAll(async () => {
    topology = await startSentinels()
    const { url, prefix } = topology.way
    fleet = await Fleet.open(accounts, { REDIS_URL: url, QUEUE_PREFIX: prefix })
    await watchPages(fleet.database)
    const scheduler = await fleet.start('scheduler')
    processes = [scheduler, ...(await Promise.all([1, 2].map(() => fleet.start('worker'))))]
    for (let kill = 0; kill < kills; kill += 1) await failOver(fleet, topology)
    end = await freezeWorld(fleet)
    await untilQuiet(fleet, end)
  })
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]()
    await topology[Symbol.asyncDispose]()
  })

  test('gives every slot of every job exactly one outcome', async () => {
    const jobs = await slotsUntil(fleet, end)
    expect(jobs).toHaveLength(jobIds.length)
    for (const { dueAt, expected, states } of jobs) {
      expect(dueAt).toEqual(expected)
      expect(states).not.toContain('due')
    }
  })

  test('commits no page under an old fence', async () => {
    const { pages, strays } = await strayPages(fleet.database)
    expect(pages).toBeGreaterThan(20)
    expect(strays).toEqual([])
  })

  test('ends with the same calls as the vendor has', async () => {
    for (const { id } of accounts) expect([id, await fleet.differences(id)]).toEqual([id, []])
  })

  test('says once per process and connection that Redis was lost, and once that it is back', () => {
    const said = processes.map(({ command, lines, other }) => ({
      command,
      lost: lines.filter(({ message }) => message === 'redis lost').length,
      back: lines.filter(({ message }) => message === 'redis back').length,
      trouble: lines.filter(({ message }) => message === 'queue trouble'),
      other,
    }))
    const [lost, back] = [kills, kills]
    expect(said).toEqual([
      { command: 'scheduler', lost, back, trouble: [], other: [] },
      { command: 'worker', lost: 2 * lost, back: 2 * back, trouble: [], other: [] },
      { command: 'worker', lost: 2 * lost, back: 2 * back, trouble: [], other: [] },
    ])
  })
})

/** Kills the master while syncs write, and brings it back as a replica once another has taken over. */
async function failOver(fleet: Fleet, topology: Topology): Promise<void> {
  const master = await topology.master()
  await until('syncs are in the middle of their pages', async () => {
    const { rows } = await fleet.database.query(
      `select 1 from syncs where state = 'running' and pages > 0 limit 1`,
    )
    return rows.length > 0
  })
  await master.kill()
  // One that is back too early is taken for the master, until the Sentinels tell it otherwise.
  await until('another master takes over, and every Sentinel names it', async () => {
    const next = await topology.master().catch(() => undefined)
    return next !== undefined && (await topology.isNamed(next))
  })
  await master.restart()
  await until('the old master follows', async () => (await master.info('replication', 'role')) === 'slave')
  await untilRunEnds(fleet)
}

/** Waits until a run that began after this moment is over. */
async function untilRunEnds(fleet: Fleet): Promise<void> {
  const last = only(await fleet.database.query<{ id: string }>(`select coalesce(max(id), 0) as id from runs`))
  await until('a run ends', async () => {
    const { rows } = await fleet.database.query(
      `select 1 from runs where id > $1 and state <> 'running' limit 1`,
      [last.id],
    )
    return rows.length > 0
  })
}
