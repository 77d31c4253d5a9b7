import { randomBytes } from 'node:crypto'

/** The run's Redis and a key prefix that no other test has. */
export function testRedis(): { url: string; prefix: string } {
  return { url: testUrl('TEST_REDIS_URL'), prefix: `test-${randomBytes(6).toString('hex')}` }
}

/** An address that the global setup has put into the environment. */
export function testUrl(name: 'TEST_REDIS_URL' | 'TEST_DATABASE_URL'): string {
  const url = process.env[name]
  if (url === undefined) throw new Error(`${name} is not set: run the tests through jest`)
  return url
}
