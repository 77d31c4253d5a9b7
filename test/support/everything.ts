import { Redis } from 'ioredis'
import type { Database } from '../../src/ledger/postgres/database'

/** Every row of every table of the ledger's schema and of its shadow, as text, by table. */
export async function everythingInPostgres(database: Database): Promise<Map<string, string>> {
  const { rows: tables } = await database.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_schema = any ($1) order by 1, 2`,
    [[database.schema, `${database.schema}_shadow`]],
  )
  const found = new Map<string, string>()
  for (const { schema, name } of tables) {
    const { rows } = await database.query<{ row: string }>(
      `select to_jsonb(whole)::text as row from ${schema}.${name} whole`,
    )
    const place = schema === database.schema ? `table ${name}` : `shadow table ${name}`
    found.set(place, rows.map(({ row }) => row).join('\n'))
  }
  return found
}

/** Every key under a prefix with what it holds, by key. */
export async function everythingInRedis(url: string, prefix: string): Promise<Map<string, string>> {
  const redis = new Redis(url)
  try {
    const keys = await redis.keys(`*${prefix}*`)
    const found = new Map<string, string>()
    for (const key of keys) found.set(`redis ${key}`, `${key} ${JSON.stringify(await contentOf(redis, key))}`)
    return found
  } finally {
    redis.disconnect()
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key)
  switch (type) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'stream':
      return redis.xrange(key, '-', '+')
    // Gone meanwhile.
    case 'none':
      return null
    default:
      throw new Error(`${key}: no way to read a ${type}`)
  }
}
