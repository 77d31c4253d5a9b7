import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fleet, type FleetAccount } from '../support/fleet'
import { ofWork } from '../support/outages'
import { withRedisServer } from '../support/redis-nodes'
import type { Topology } from '../support/redis-ground'
import { startCluster } from '../support/redis-topologies'
import { until } from '../support/until'

const accounts: readonly FleetAccount[] = [
  { id: 1, timezone: 'America/New_York', history: 300, every: 0 },
  { id: 2, timezone: 'UTC', history: 200, every: 0 },
]

withRedisServer('a fleet on a Redis cluster with TLS and a user', () => {
  let topology: Topology
  let fleet: Fleet
  beforeAll(async () => {
    topology = await startCluster({ tls: true, user: true })
    const { url, prefix, ca = '' } = topology.way
    fleet = await Fleet.open(accounts, { REDIS_URL: url, QUEUE_PREFIX: prefix, REDIS_CA: ca })
  })
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]()
    await topology[Symbol.asyncDispose]()
  })

  test('passes its check', async () => {
    const entry = join(__dirname, '../../dist/src/bin/syncfleet.js')
    const env = { PATH: process.env['PATH'], ...fleet.env }
    const { stdout } = await promisify(execFile)(process.execPath, [entry, 'check'], { env })
    expect(stdout).toContain('answers, and evicts nothing')
  })

  test('copies what the vendor has, starts a run by hand, and stops in good order', async () => {
    const processes = await Promise.all([
      fleet.start('scheduler'),
      fleet.start('worker'),
      fleet.start('dashboard'),
    ])
    await fleet.run()
    await until('runs by slot and by hand are over', async () => {
      const { rows } = await fleet.database.query(
        `select 1 from runs where state = 'ok' group by kind having kind in ('slot', 'manual')`,
      )
      return rows.length === 2
    })
    for (const { id } of accounts) {
      await until('the copy is complete', async () => (await fleet.differences(id)).length === 0)
    }
    for (const spawned of processes) expect(await spawned.end('SIGTERM')).toBe(0)
    const lines = processes.flatMap(({ lines: said, other }) => [
      ...said,
      ...other.map((text) => ({ message: text, level: 'error' })),
    ])
    // A busy machine may leave a slot to the leader.
    const isTrouble = (level: unknown) => level === 'error' || level === 'warn'
    expect(lines.filter(({ level, message }) => isTrouble(level) && !ofWork.includes(message))).toEqual([])
  })
})
