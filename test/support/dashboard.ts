import { createServer } from 'node:http'
import type { Express } from 'express'
import request from 'supertest'
import { jobs as definitions } from '../../jobs'
import { createApp } from '../../src/dashboard/app'
import type { Context } from '../../src/dashboard/context'
import { Passwords } from '../../src/dashboard/passwords'
import { declaredSettings, type Job } from '../../src/job/define-job'
import type { Database } from '../../src/ledger/postgres/database'
import { roles, seedUsers, type Role } from '../../src/ledger/users'
import { minutes } from '../../src/lib/durations'
import { listen, stopListening } from '../../src/lib/listen'
import { leaseBreaker } from '../../src/queue/break-lease'
import { connect, ready, type Redis } from '../../src/queue/connection'
import { ExpiringValues } from '../../src/queue/expiring-values'
import { createQueues, type Queues } from '../../src/queue/queues'
import { SyncJobs } from '../../src/queue/sync-jobs'
import { Health } from '../../src/telemetry/health'
import type { Logger } from '../../src/telemetry/logger'
import { Metrics } from '../../src/telemetry/metrics'
import { testDatabase } from './database'
import { testRedis } from './redis'

/** A log that nobody reads. */
export const quiet: Logger = { error() {}, warn() {}, info() {}, debug() {} }

/** The nine jobs as they are declared. */
export const declaredJobs = (): Job[] =>
  definitions.map((definition) => ({ ...definition, effective: declaredSettings(definition) }))

/** Cheap hashes: tests are not attacked. */
export const quickPasswords = (): Passwords => new Passwords({ N: 16, r: 1, p: 1 })

/** What a browser sends along with a request that our own page makes. */
export const ownOrigin = { 'Sec-Fetch-Site': 'same-origin' }

export const passwordOf = (role: Role): string => `the password of ${role}`

export interface TestDashboard extends AsyncDisposable {
  readonly app: Express
  readonly url: string
  readonly ctx: Context
  readonly database: Database
  readonly queues: Queues
  readonly prefix: string
  readonly redis: Redis
  /** One more replica over the same Redis and Postgres; its URL. */
  replica(): Promise<string>
  /** A browser's worth of cookies, logged in as the user of that name, which is also the role. */
  loggedIn(role: Role): Promise<ReturnType<typeof request.agent>>
}

/** The real application over the real Redis and Postgres, with a user per role. */
export async function testDashboard(changes: Partial<Context> = {}): Promise<TestDashboard> {
  const database = await testDatabase()
  const { url: redisUrl, prefix } = testRedis()
  const connection = connect({ url: redisUrl, prefix, role: 'producer', name: 'test dashboard' }, quiet)
  await ready(connection, AbortSignal.timeout(minutes(1)))
  const jobs = changes.jobs ?? declaredJobs()
  const jobIds = jobs.map(({ id }) => id)
  const queues = createQueues(connection, prefix, jobIds)
  const passwords = quickPasswords()
  await seedUsers(
    database,
    roles.map((role) => ({ name: role, role, password: passwordOf(role) })),
    async (password) => passwords.hash(password),
  )
  const opened = {
    queues,
    syncJobs: new SyncJobs(queues, connection, () => 3),
    breakLease: leaseBreaker(connection, prefix),
  }
  const ctx: Context = {
    jobs,
    database,
    queues: queues.all,
    tools: { database, queues: async () => opened, signal: new AbortController().signal },
    checkAccounts: () => {
      throw new Error('this test hands in no checks')
    },
    values: new ExpiringValues(connection, prefix),
    passwords,
    sessionSecret: 'a secret of the test',
    metricsToken: 'a token of the test',
    secureCookies: false,
    environment: 'test',
    logger: quiet,
    health: new Health({
      checks: { redis: async () => connection.ping(), postgres: async () => database.query('select 1') },
      logger: quiet,
    }),
    metrics: new Metrics('dashboard'),
    clock: () => new Date(),
    ...changes,
  }
  const app = createApp(ctx)
  const servers = [createServer(app)]
  const serve = async (server = servers[0]!) => `http://localhost:${await listen(server, 0, 'PORT')}`
  const url = await serve()
  return {
    app,
    url,
    ctx,
    database,
    queues,
    prefix,
    redis: connection,
    async replica() {
      const server = createServer(createApp(ctx))
      servers.push(server)
      return serve(server)
    },
    async loggedIn(role) {
      const agent = request.agent(url).set(ownOrigin)
      await agent
        .post('/login')
        .type('form')
        .send({ name: role, password: passwordOf(role) })
        .expect(303)
      return agent
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(async (server) => stopListening(server, 0)))
      await queues[Symbol.asyncDispose]()
      if (connection.status !== 'end') connection.disconnect()
      await database[Symbol.asyncDispose]()
    },
  }
}
