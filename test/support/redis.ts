import { randomBytes } from 'node:crypto'

/** The run's Redis, or the one that is named, and a key prefix that no other test has. */
export function testRedis(url: string = testUrl('TEST_REDIS_URL')): { url: string; prefix: string } {
  return { url, prefix: `test-${randomBytes(6).toString('hex')}` }
}

/** An address that the global setup has put into the environment. */
export function testUrl(name: 'TEST_REDIS_URL' | 'TEST_DATABASE_URL'): string {
  const url = process.env[name]
  if (url === undefined) throw new Error(`${name} is not set: run the tests through jest`)
  return url
}
