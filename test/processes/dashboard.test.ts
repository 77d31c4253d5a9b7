import { loadConfig } from '../../config/load'
import { Dashboard } from '../../src/processes/dashboard'
import { testDatabase } from '../support/database'
import { reservedPort } from '../support/ports'
import { testRedis } from '../support/redis'
import { until } from '../support/until'

const setup = async () => {
  const database = await testDatabase()
  const { url, prefix } = testRedis()
  const config = loadConfig({ NODE_ENV: 'test', REDIS_URL: url, DATABASE_URL: database.url })
  return {
    config: {
      ...config,
      redis: { ...config.redis, prefix },
      logLevel: 'error' as const,
      database: { ...config.database, schema: database.schema },
      dashboard: {
        ...config.dashboard,
        port: 0,
        users: [{ name: 'ada', role: 'admin' as const, password: 'a password' }],
      },
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

describe('Dashboard', () => {
  test('serves, adds the users of the settings, and stops although browsers keep their connections', async () => {
    await using world = await setup()
    await using dashboard = Dashboard.create(world.config)
    const url = `http://localhost:${await dashboard.start(new AbortController().signal)}`
    await until('it is ready', async () => (await fetch(`${url}/readyz`)).status === 200)
    const login = await fetch(`${url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: url },
      body: new URLSearchParams({ name: 'ada', password: 'a password' }),
    })
    expect(login.status).toBe(303)
    await dashboard[Symbol.asyncDispose]()
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
    await dashboard[Symbol.asyncDispose]()
  })

  test('names PORT when its port is taken', async () => {
    await using world = await setup()
    await using first = Dashboard.create(world.config)
    const port = await first.start(new AbortController().signal)
    const { dashboard } = world.config
    await using second = Dashboard.create({ ...world.config, dashboard: { ...dashboard, port } })
    await expect(second.start(new AbortController().signal)).rejects.toThrow(`PORT: port ${port} is taken`)
  })

  test('answers monitors while Redis is away, and stops waiting for it when told to', async () => {
    await using world = await setup()
    const port = await reservedPort()
    const { dashboard: settings } = world.config
    await using dashboard = Dashboard.create({
      ...world.config,
      dashboard: { ...settings, port },
      redis: { ...world.config.redis, url: 'redis://localhost:1' },
    })
    const stop = new AbortController()
    const started = dashboard.start(stop.signal)
    const statusOf = async (path: string) => (await fetch(`http://localhost:${port}${path}`)).status
    expect(await Promise.all(['/healthz', '/readyz', '/login', '/metrics'].map(statusOf))).toEqual([
      200, 503, 503, 401,
    ])
    stop.abort(new Error('stopping'))
    await expect(started).rejects.toThrow('stopping')
  })

  test('can be disposed of before it starts', async () => {
    await using world = await setup()
    await expect(Dashboard.create(world.config)[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })
})
