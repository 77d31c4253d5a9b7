import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Redis } from 'ioredis'
import request from 'supertest'
import { jobs } from '../../jobs'
import { jobIds } from '../../src/job/define-job'
import { Disposables } from '../../src/lib/disposables'
import { minutes } from '../../src/lib/durations'
import { leaseBreaker } from '../../src/queue/break-lease'
import { connect, ready } from '../../src/queue/connection'
import { alignJobSchedulers } from '../../src/queue/job-schedulers'
import { Leases } from '../../src/queue/leases'
import { createQueues } from '../../src/queue/queues'
import { addRunJob } from '../../src/queue/run-jobs'
import { SyncJobs } from '../../src/queue/sync-jobs'
import { silentLogger } from '../../src/telemetry/logger'
import { ownOrigin } from '../support/dashboard'
import { Fleet, type FleetAccount } from '../support/fleet'
import { reservedPort } from '../support/ports'
import { until } from '../support/until'
import { AclRedis } from './acl-redis'

jest.setTimeout(minutes(6))

const accounts: readonly FleetAccount[] = [1, 2, 3].map((id) => ({
  id,
  timezone: 'America/Chicago',
  history: 400,
  every: 900,
}))

describe('deploy/redis', () => {
  let redis: AclRedis
  beforeEach(async () => {
    redis = await AclRedis.start()
  })
  afterEach(async () => redis[Symbol.asyncDispose]())

  test('is a Redis with the settings that a queue needs', async () => {
    const settings = await redis.admin.config('GET', 'appendonly', 'appendfsync', 'maxmemory-policy', 'hz')
    expect(settings).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'everysec', 'noeviction', 'hz', '100']),
    )
  })

  test('denies a fleet nothing that it does: a kill, a stop, failures, an outage, an operator at work', async () => {
    await using fleet = await fleetOn(redis)
    const worker = { REDIS_URL: redis.urlOf('worker') }
    await fleet.start('scheduler')
    const first = await fleet.start('worker', worker)
    // One of each that ends an attempt in another way: a stated wait, a failure that is tried again, one that is not.
    fleet.sandbox.faults.add({
      kind: 'status',
      status: 429,
      retryAfter: 1,
      vendor: 'ctm',
      path: '/accounts/1/',
    })
    fleet.sandbox.faults.add({ kind: 'status', status: 500, vendor: 'ctm', path: '/accounts/2/', times: 6 })
    fleet.sandbox.vendors.ctm.revoke('access-3')
    await settled(fleet, 'failed', 1)

    fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm' })
    await until('a request hangs', async () => fleet.sandbox.faults.pending === 0)
    await first.end('SIGKILL')
    const second = await fleet.start('worker', worker)
    await settled(fleet, 'ok', 4)
    fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm' })
    await until('a request hangs', async () => fleet.sandbox.faults.pending === 0)
    await second.end('SIGTERM')
    await fleet.start('worker', worker)

    await asOperator(fleet, redis)

    await redis.admin.flushall()
    await settled(fleet, 'ok', 4)
    expect(await redis.denied()).toEqual([])
  })

  const connected = async (user: 'scheduler' | 'worker' | 'dashboard', owned: Disposables) => {
    const client = connect(
      { url: redis.urlOf(user), prefix: 'syncfleet', role: 'producer', name: 'test' },
      silentLogger,
    )
    owned.defer(() => client.disconnect())
    await ready(client, AbortSignal.timeout(minutes(1)))
    return client
  }

  test('lets a worker try alone what may bring it down', async () => {
    await using owned = new Disposables()
    const client = await connected('worker', owned)
    const leases = owned.use(new Leases(client, 'syncfleet', () => undefined))

    await using isolation = await leases.takeIsolation('1')

    expect(isolation).toBeDefined()
    expect(await redis.denied()).toEqual([])
  })

  test.each(['scheduler', 'dashboard'] as const)(
    'lets a %s pause and resume queues, and break a lease',
    async (user) => {
      await using owned = new Disposables()
      const client = await connected(user, owned)
      const queues = owned.use(createQueues(client, 'syncfleet', jobIds))
      const leases = owned.use(new Leases(await connected('worker', owned), 'syncfleet', () => undefined))
      await using lease = await leases.take('7', '1')
      await new SyncJobs(queues, client, () => 3).addMissing([{ syncId: '1', job: 'ctm', version: 1 }])

      await queues.pauses.pause(queues.of('ctm'))
      expect((await queues.pauses.states()).filter(({ isPaused }) => isPaused)).toHaveLength(1)
      await queues.pauses.resume(queues.of('ctm'))
      expect(lease && (await leaseBreaker(client, 'syncfleet')('7'))).toBe('1')
      expect(await redis.denied()).toEqual([])
    },
  )

  test('lets a scheduler queue again all that Redis has lost', async () => {
    await using owned = new Disposables()
    const client = await connected('scheduler', owned)
    const queues = owned.use(createQueues(client, 'syncfleet', jobIds))
    const syncJobs = new SyncJobs(queues, client, () => 3)
    const syncs = jobIds.map((job, index) => ({ syncId: String(index), job, version: 1 }))
    const declared = jobIds.map((jobId) => ({ jobId, version: 1, cron: '0 5 * * *', timezone: 'UTC' }))

    await syncJobs.addMissing(syncs)
    await syncJobs.replace(syncs)
    await addRunJob(queues, { id: '1', version: 1 })
    for (const cron of ['0 5 * * *', '0 6 * * *'])
      await alignJobSchedulers(
        queues,
        declared.map((scheduler) => ({ ...scheduler, cron })),
        () => undefined,
        async () => new Date(),
      )
    await alignJobSchedulers(
      queues,
      [],
      () => undefined,
      async () => new Date(),
    )

    expect(await redis.denied()).toEqual([])
  })

  test('keeps each user to its keys', async () => {
    const denied = async (user: 'scheduler' | 'worker' | 'dashboard', ...command: [string, ...string[]]) => {
      const client = new Redis(redis.urlOf(user))
      try {
        return await client.call(...command)
      } catch (error) {
        return (error as Error).message.slice(0, 6)
      } finally {
        client.disconnect()
      }
    }
    expect(await denied('worker', 'get', 'syncfleet:values:session')).toBe('NOPERM')
    expect(await denied('scheduler', 'get', 'syncfleet:values:session')).toBe('NOPERM')
    expect(await denied('dashboard', 'get', 'syncfleet:rate:x:next')).toBe('NOPERM')
    expect(await denied('dashboard', 'get', 'syncfleet:values:session')).toBeNull()
    expect(await denied('worker', 'get', 'other:ctm:x')).toBe('NOPERM')
    for (const line of ['flushall', 'keys *', 'config get hz', 'acl list', 'client list', 'subscribe a'])
      expect([line, await denied('worker', ...(line.split(' ') as [string]))]).toEqual([line, 'NOPERM'])
  })

  test('knows the queue of every job', async () => {
    const rules = await readFile(resolve(__dirname, '../../deploy/redis/users.acl'), 'utf8')
    for (const user of ['scheduler', 'worker', 'dashboard']) {
      const [own = ''] = rules.split(`user ${user}\n`)[1]?.split('\nuser') ?? []
      for (const queue of ['runs', ...jobs.map(({ id }) => id)])
        expect(own).toContain(`~syncfleet:${queue}:*`)
    }
  })
})

/** A fleet whose own connections, those of the command line, are the scheduler's. */
const fleetOn = async (redis: AclRedis): Promise<Fleet> =>
  Fleet.open(accounts, {
    REDIS_URL: redis.urlOf('scheduler'),
    QUEUE_PREFIX: 'syncfleet',
    CTM_CRON: '*/2 * * * * *',
    CTM_ATTEMPTS: '5',
    CTM_BACKOFF_SECONDS: '1',
    CTM_BACKOFF_CAP_SECONDS: '1',
  })

/** Resolves when so many more syncs have ended like this. */
async function settled(fleet: Fleet, state: string, more: number): Promise<void> {
  const count = async (): Promise<number> => {
    const { rowCount } = await fleet.database.query('select from syncs where state = $1', [state])
    return rowCount ?? 0
  }
  const before = await count()
  await until(`${more} more syncs are ${state}`, async () => (await count()) >= before + more, minutes(1))
}

/** Looks at all that Bull Board shows, retries what failed, and runs a schedule now. */
async function asOperator(fleet: Fleet, redis: AclRedis): Promise<void> {
  const port = String(await reservedPort())
  await fleet.start('dashboard', { REDIS_URL: redis.urlOf('dashboard'), PORT: port })
  const agent = request.agent(`http://localhost:${port}`).set(ownOrigin)
  const failed = await fleet.database.query<{ id: string }>(`select id from syncs where state = 'failed'`)
  const id = `sync-${failed.rows[0]?.id}`
  await agent.post('/login').type('form').send({ name: 'operator', password: 'wrong' }).expect(401)
  await agent.post('/login').type('form').send({ name: 'operator', password: 'test-operator' }).expect(303)
  await agent.get('/').expect(200)
  for (const status of ['latest', 'active', 'waiting', 'waiting-children', 'completed', 'failed', 'delayed'])
    await agent.get(`/queues/api/queues?activeQueue=ctm&status=${status}&page=1&jobsPerPage=10`).expect(200)
  await agent.get('/queues/api/job-schedulers').expect(200)
  await agent.get('/queues/api/redis/stats').expect(200)
  for (const page of ['metrics?type=completed', 'workers', 'rate-limit', 'default-job-options'])
    await agent.get(`/queues/api/queues/ctm/${page}`).expect(200)
  for (const page of ['', '/logs', '/flow'])
    await agent.get(`/queues/api/queues/ctm/${id}${page}`).expect(200)
  // Whose key was revoked stays a dead letter while that is parked.
  expect([204, 409]).toContain((await agent.put(`/queues/api/queues/ctm/${id}/retry`)).status)
  await agent.put('/queues/api/queues/ctm/retry/failed').expect(200)
  await agent.put('/queues/api/queues/runs/job-schedulers/ctm/run').expect(200)
  await agent.put('/queues/api/queues/ctm/pause').expect(200)
  await agent.put('/queues/api/queues/ctm/empty').expect(200)
  await agent.put('/queues/api/queues/ctm/resume').expect(200)
  await agent.post('/logout').expect(303)
}
