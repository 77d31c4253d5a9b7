import request from 'supertest'
import { ownOrigin, passwordOf, testDashboard, type TestDashboard } from '../support/dashboard'

const pages = [
  '/',
  '/queues',
  '/queues/',
  '/queues/queue/ctm',
  '/queues/job-schedulers',
  '/nowhere',
  '/login/x',
]
const data = [
  '/queues/api/queues',
  '/queues/api/redis/stats',
  '/queues/static/images/logo.svg',
  '/queues/static/js/main.js',
  '/queues/static/favicon-32x32.png',
]

const refusedActs = async (dashboard: TestDashboard) => {
  const { rows } = await dashboard.database.query<{ actor: string; reason: string }>(
    "select actor, action, reason from audit_log where via <> 'api' and outcome = 'refused'",
  )
  return rows
}

describe('without login', () => {
  test('nothing answers but the login page, its files and the bare status', async () => {
    await using dashboard = await testDashboard()
    for (const path of pages) {
      const answer = await request(dashboard.url).get(path).set('Accept', 'text/html')
      expect([path, answer.status, answer.headers['location']]).toEqual([
        path,
        303,
        `/login?to=${encodeURIComponent(path)}`,
      ])
      expect(answer.text).not.toContain('<script')
    }
    for (const path of [...data, '/']) {
      const answer = await request(dashboard.url).get(path)
      expect([path, answer.status, answer.body]).toEqual([path, 401, { error: 'log in first' }])
    }
    for (const method of ['post', 'put', 'patch', 'delete', 'options'] as const) {
      for (const path of ['/queues/api/queues/ctm/add', '/queues/api/queues/pause', '/logout', '/']) {
        const answer = await request(dashboard.url)[method](path).set(ownOrigin).send({})
        expect([method, path, answer.status]).toEqual([method, path, 401])
      }
    }
  })

  test('the login page and its files answer', async () => {
    await using dashboard = await testDashboard()
    const page = await request(dashboard.url).get('/login').expect(200)
    const files = [...page.text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '')
    expect(files).toHaveLength(2)
    for (const path of files) {
      const answer = await request(dashboard.url).get(path).expect(200)
      expect(answer.headers['cache-control']).toContain('immutable')
    }
    await request(dashboard.url).get('/assets/..%2Fapp.ts').expect(404)
  })

  test('monitors get a bare status, and metrics with the token only', async () => {
    await using dashboard = await testDashboard()
    expect((await request(dashboard.url).get('/healthz').expect(200)).text).toBe('ok\n')
    expect((await request(dashboard.url).get('/readyz').expect(200)).text).toBe('ready\n')
    await request(dashboard.url).get('/metrics').expect(401)
    await request(dashboard.url).get('/metrics').set('Authorization', 'Bearer wrong').expect(401)
    const metrics = await request(dashboard.url)
      .get('/metrics')
      .set('Authorization', 'Bearer a token of the test')
      .expect(200)
    expect(metrics.text).toContain('process_cpu_seconds_total')
  })
})

describe('writes', () => {
  test.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another host of our site', { 'Sec-Fetch-Site': 'same-site' }],
    ['another origin', { Origin: 'https://evil.example' }],
    ['a sandboxed frame', { Origin: 'null' }],
    ['nowhere', {}],
  ])('from %s are refused and recorded, whatever their body', async (_where, headers) => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('admin')
    const send = async (path: string, type: string, body: string) => {
      const sent = agent.post(path).unset('Sec-Fetch-Site').type(type).set(headers)
      return (await sent.send(body)).status
    }
    const job = '{"name":"x","data":{},"options":{}}'
    expect(await send('/queues/api/queues/ctm/add', 'text/plain', job)).toBe(403)
    expect(await send('/queues/api/queues/ctm/add', 'application/json', job)).toBe(403)
    expect(await send('/logout', 'application/x-www-form-urlencoded', '')).toBe(403)
    expect(await send('/login', 'application/x-www-form-urlencoded', 'name=a&password=b')).toBe(403)
    expect(await dashboard.queues.of('ctm').getJobCountByTypes()).toBe(0)
    expect(await refusedActs(dashboard)).toHaveLength(4)
    await agent.get('/').expect(200)
  })

  test('from our own pages pass where the browser names only the origin', async () => {
    await using dashboard = await testDashboard()
    await request(dashboard.url)
      .post('/login')
      .set('Origin', dashboard.url)
      .type('form')
      .send({ name: 'viewer', password: passwordOf('viewer') })
      .expect(303)
  })

  test('to Bull Board are refused unless they are JSON', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('admin')
    const answer = await agent.post('/queues/api/queues/ctm/add').type('text/plain').send('{"name":"x"}')
    expect(answer.status).toBe(415)
  })
})

describe('headers', () => {
  test('allow our own pages nothing from elsewhere and nothing inline', async () => {
    await using dashboard = await testDashboard()
    const { headers } = await request(dashboard.url).get('/login')
    const policy = headers['content-security-policy']
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toContain('http')
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  test('hold browsers to HTTPS where there is HTTPS', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const { headers } = await request(dashboard.url).get('/login')
    expect(headers['strict-transport-security']).toContain('max-age=')
    expect(headers['content-security-policy']).toContain('upgrade-insecure-requests')
  })

  test('let Bull Board style itself, and run no script but its own', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    const { headers, text } = await agent.get('/queues').set('Accept', 'text/html').expect(200)
    expect(headers['content-security-policy']).toContain("script-src 'self';")
    expect(headers['content-security-policy']).not.toContain('http')
    expect(text).not.toMatch(/(src|href)="https?:/)
  })
})

describe('errors', () => {
  test('are pages for people and JSON for programs, without their reason', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    expect((await agent.get('/nowhere').set('Accept', 'text/html').expect(404)).text).toContain(
      'nothing at this address',
    )
    expect((await agent.get('/nowhere').expect(404)).body).toEqual({
      error: 'There is nothing at this address.',
    })
    await dashboard.database.query('alter table slots rename to away')
    const answer = await agent.get('/').expect(500)
    expect(answer.body.error).toMatch(/^The reason is in the log under [0-9a-f-]{36}\.$/)
  })

  test('say that Redis is away, and bare statuses still answer', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    dashboard.redis.disconnect()
    const answer = await agent.get('/').set('Accept', 'text/html').expect(503)
    expect(answer.text).toContain('Redis is away')
    await agent.get('/healthz').expect(200)
    await agent.get('/readyz').expect(503)
  })

  test('say that Postgres is away', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    const { database } = dashboard
    await database.query(
      `create function starts_up() returns boolean language plpgsql as $$ begin
         raise exception 'the database system is starting up' using errcode = '57P03';
       end $$`,
    )
    await database.query('alter table users rename to hidden')
    await database.query('create view users as select * from hidden where starts_up()')
    const answer = await agent.get('/').set('Accept', 'text/html').expect(503)
    expect(answer.text).toContain('Postgres is away')
    expect(answer.headers['retry-after']).toBe('5')
    await agent.get('/healthz').expect(200)
  })
})
