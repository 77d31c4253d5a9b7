import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { minutes } from '../../src/lib/durations'
import { temporaryFolder } from '../support/folders'
import { Fleet } from '../support/fleet'
import {
  accounts,
  damage,
  goThrough,
  linesOfAnOutage,
  type Outage,
  startWatched,
  unharmed,
  type Watched,
} from '../support/outages'
import { RedisNode, withRedisServer } from '../support/redis-nodes'
import { Relay } from '../support/relay'
import { until } from '../support/until'
import { watchPages } from '../support/watch-pages'

jest.setTimeout(minutes(4))

withRedisServer('a fleet whose Redis', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let redis: RedisNode
  let relay: Relay
  let fleet: Fleet
  let processes: Watched[]
  /** A folder that stands where the server would write its snapshot. */
  let obstacle: string
  beforeAll(async () => {
    folder = await temporaryFolder()
    obstacle = join(folder.path, 'snapshot')
    redis = await RedisNode.start({
      folder: folder.path,
      tls: undefined,
      config: ['dbfilename snapshot', 'appendfsync everysec'],
    })
    const url = `redis://127.0.0.1:${redis.port}`
    relay = new Relay(url)
    fleet = await Fleet.open(accounts, { REDIS_URL: url, VENDOR_BUCKET_SCALE: '3' })
    await watchPages(fleet.database)
    processes = await startWatched(fleet, { REDIS_URL: `redis://127.0.0.1:${await relay.start()}` })
  })
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]()
    await relay[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const set = async (name: string, value: string) => redis.client.config('SET', name, value)
  const snapshotIs = async (status: string) =>
    until(`a snapshot is ${status}`, async () => {
      if ((await redis.info('persistence', 'rdb_bgsave_in_progress')) === '0') await redis.client.bgsave()
      return (await redis.info('persistence', 'rdb_last_bgsave_status')) === status
    })

  const outages: readonly (readonly [string, () => Outage])[] = [
    ['is killed and started again', () => ({ begin: () => redis.kill(), end: () => redis.restart() })],
    [
      'closes every connection',
      () => ({
        begin: async () => relay.refuse(),
        end: async () => relay.admit(),
        tries: () => relay.refused,
      }),
    ],
    [
      'becomes a replica',
      () => ({
        begin: () => redis.client.replicaof('127.0.0.1', '1'),
        end: () => redis.client.replicaof('NO', 'ONE'),
      }),
    ],
    ['has a full memory', () => ({ begin: () => set('maxmemory', '1'), end: () => set('maxmemory', '0') })],
    [
      'cannot write its snapshot to a full disk',
      () => ({
        begin: async () => {
          await mkdir(obstacle)
          await set('save', '3600 100000')
          await snapshotIs('err')
        },
        end: async () => {
          await rmdir(obstacle)
          await snapshotIs('ok')
          await set('save', '')
        },
      }),
    ],
    [
      'swallows what it is sent, and comes back as another machine',
      () => ({
        begin: async () => relay.hold(),
        end: async () => {
          await relay.stop()
          relay.release()
          await relay.start()
        },
        looks: 4,
      }),
    ],
  ]

  test.each(outages)('%s waits, says so once, and goes on', async (_what, outage) => {
    const told = await goThrough(fleet, processes, outage())
    // A worker has a connection for commands and one for its queues.
    const connections = { scheduler: 1, worker: 2, dashboard: 1 }
    for (const [command, count] of Object.entries(connections))
      expect([command, told[command]]).toEqual([command, linesOfAnOutage('redis', count)])
  })

  test('has done all of this, has lost nothing, doubled nothing, and blamed nobody', async () => {
    expect(await damage(fleet)).toEqual(unharmed)
    for (const { spawned } of processes)
      expect([spawned.command, spawned.exitCode]).toEqual([spawned.command, null])
  })
})
