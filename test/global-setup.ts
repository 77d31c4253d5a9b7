import { randomBytes } from 'node:crypto'
import { TestServers } from './support/servers'

declare global {
  var testServers: TestServers | undefined
}

/** One Redis and one Postgres for the whole run: the caller's where REDIS_URL and DATABASE_URL are set, else our own. */
export default async function globalSetup(): Promise<void> {
  // What the names of the run's databases begin with.
  process.env['TEST_RUN'] = `test_${randomBytes(4).toString('hex')}`
  const { REDIS_URL, DATABASE_URL } = process.env
  if (REDIS_URL !== undefined && DATABASE_URL !== undefined) {
    process.env['TEST_REDIS_URL'] = REDIS_URL
    process.env['TEST_DATABASE_URL'] = DATABASE_URL
    return
  }
  const servers = await TestServers.start(randomBytes(12).toString('hex'))
  globalThis.testServers = servers
  process.env['TEST_REDIS_URL'] = servers.redis.url
  process.env['TEST_DATABASE_URL'] = servers.postgres.url
}
