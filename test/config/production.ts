import { randomBytes } from 'node:crypto'

/** An environment that production accepts. */
export const production = (): NodeJS.ProcessEnv => ({
  NODE_ENV: 'production',
  REDIS_URL: 'rediss://user:redis-password@cache.example.test:6379',
  DATABASE_URL: 'postgres://user:database-password@database.example.test/syncfleet',
  SESSION_SECRET: randomBytes(32).toString('hex'),
  ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  PII_PEPPER: randomBytes(32).toString('hex'),
  METRICS_TOKEN: randomBytes(32).toString('hex'),
  DASHBOARD_USERS: `ada:admin:${randomBytes(12).toString('hex')}`,
})
