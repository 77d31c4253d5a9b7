import request from 'supertest'
import { hours } from '../../src/lib/durations'
import { ownOrigin, passwordOf, testDashboard } from '../support/dashboard'

/** The cookie that an answer sets, as `name=value` and with its flags. */
const cookieOf = (answer: request.Response): { pair: string; text: string } => {
  const text = answer.headers['set-cookie']?.toString() ?? ''
  return { text, pair: text.split(';')[0] ?? '' }
}

const tryLogin = async (url: string, name: string, password: string, headers: Record<string, string> = {}) =>
  request(url)
    .post('/login')
    .set({ ...ownOrigin, ...headers })
    .type('form')
    .send({ name, password })

describe('login', () => {
  test('leads back to the page that was asked for', async () => {
    await using dashboard = await testDashboard()
    const asked = await request(dashboard.url).get('/queues/queue/ctm').set('Accept', 'text/html')
    expect(asked.status).toBe(303)
    expect(asked.headers['location']).toBe('/login?to=%2Fqueues%2Fqueue%2Fctm')

    const form = await request(dashboard.url).get(asked.headers['location'] ?? '')
    expect(form.text).toContain('value="/queues/queue/ctm"')
    const answer = await request(dashboard.url)
      .post('/login')
      .set(ownOrigin)
      .type('form')
      .send({ name: 'viewer', password: passwordOf('viewer'), to: '/queues/queue/ctm' })
    expect(answer.status).toBe(303)
    expect(answer.headers['location']).toBe('/queues/queue/ctm')
  })

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:1',
  ])('does not lead away to %p', async (to) => {
    await using dashboard = await testDashboard()
    const answer = await request(dashboard.url)
      .post('/login')
      .set(ownOrigin)
      .type('form')
      .send({ name: 'viewer', password: passwordOf('viewer'), to })
    expect(answer.headers['location']).toBe('/')
  })

  test('sets no cookie before a login, then one that scripts and other sites cannot use', async () => {
    await using dashboard = await testDashboard()
    expect(cookieOf(await request(dashboard.url).get('/login')).text).toBe('')
    const { text } = cookieOf(await tryLogin(dashboard.url, 'viewer', passwordOf('viewer')))
    expect(text).toMatch(/^syncfleet=/)
    expect(text).toContain('HttpOnly')
    expect(text).toContain('SameSite=Lax')
    expect(text).not.toContain('Domain')
  })

  test('binds the cookie to HTTPS behind a TLS proxy', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const { text } = cookieOf(
      await tryLogin(dashboard.url, 'viewer', passwordOf('viewer'), { 'X-Forwarded-Proto': 'https' }),
    )
    expect(text).toMatch(/^__Host-syncfleet=/)
    expect(text).toContain('Secure')
    expect(text).toContain('Path=/')
  })

  test('says what is missing where HTTPS is needed and not used', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const answer = await tryLogin(dashboard.url, 'viewer', passwordOf('viewer'))
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('X-Forwarded-Proto')
  })

  test('refuses a wrong password and an unknown name with the same words', async () => {
    await using dashboard = await testDashboard()
    const wrong = await tryLogin(dashboard.url, 'viewer', 'guess')
    const unknown = await tryLogin(dashboard.url, 'nobody', 'guess')
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(unknown.text.replace('nobody', 'viewer')).toBe(wrong.text)
    expect(cookieOf(wrong).text).toBe('')
  })

  test('shows what was typed as text', async () => {
    await using dashboard = await testDashboard()
    const answer = await tryLogin(dashboard.url, '"><script>alert(1)</script>', 'guess')
    expect(answer.text).toContain('&quot;&gt;&lt;script&gt;')
    expect(answer.text).not.toContain('<script>alert')
  })

  test.each([
    ['no fields', 'application/x-www-form-urlencoded', '', 400],
    ['a list for a name', 'application/x-www-form-urlencoded', 'name=a&name=b&password=c', 400],
    ['a body without end', 'application/x-www-form-urlencoded', `name=${'a'.repeat(20_000)}`, 413],
    ['JSON', 'application/json', '{"name":"viewer","password":"x"}', 415],
  ])('refuses %s', async (_what, type, body, status) => {
    await using dashboard = await testDashboard()
    const answer = await request(dashboard.url).post('/login').set(ownOrigin).type(type).send(body)
    expect(answer.status).toBe(status)
  })
})

describe('session', () => {
  test('gets a new id at login, so one planted before is worth nothing', async () => {
    await using dashboard = await testDashboard()
    const attacker = await tryLogin(dashboard.url, 'viewer', passwordOf('viewer'))
    const planted = cookieOf(attacker).pair
    const victim = await tryLogin(dashboard.url, 'admin', passwordOf('admin'), { Cookie: planted })
    expect(cookieOf(victim).pair).not.toBe(planted)
    await request(dashboard.url).get('/').set('Cookie', planted).expect(401)
    await request(dashboard.url).get('/').set('Cookie', cookieOf(victim).pair).expect(200)
  })

  test('ends on the server at logout', async () => {
    await using dashboard = await testDashboard()
    const cookie = cookieOf(await tryLogin(dashboard.url, 'viewer', passwordOf('viewer'))).pair
    const out = await request(dashboard.url).post('/logout').set(ownOrigin).set('Cookie', cookie)
    expect(out.headers['location']).toBe('/login')
    expect(cookieOf(out).text).toContain('Expires=Thu, 01 Jan 1970')
    await request(dashboard.url).get('/').set('Cookie', cookie).expect(401)
  })

  test('ends twelve hours after login, however busy', async () => {
    let now = new Date()
    await using dashboard = await testDashboard({ clock: () => now })
    const agent = await dashboard.loggedIn('viewer')
    now = new Date(now.getTime() + hours(12) - 1)
    await agent.get('/').expect(200)
    now = new Date(now.getTime() + 1)
    await agent.get('/').expect(401)
  })

  test('lives two hours from its last request', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    const { redis } = dashboard
    const [key] = await redis.keys(`${dashboard.prefix}:values:session:*`)
    await redis.pexpire(key!, 5000)
    await agent.get('/').expect(200)
    expect(await redis.pttl(key!)).toBeGreaterThan(hours(1.9))
  })

  test.each([
    ['was removed', "delete from users where name = 'operator'"],
    [
      'has another role',
      "update users set role = 'viewer', updated_at = clock_timestamp() where name = 'operator'",
    ],
  ])('ends at once for a user who %s', async (_what, change) => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('operator')
    await agent.get('/').expect(200)
    await dashboard.database.query(change)
    await agent.get('/').expect(401)
  })

  test('is refused with a cookie that somebody made up', async () => {
    await using dashboard = await testDashboard()
    await request(dashboard.url).get('/').set('Cookie', 'syncfleet=s%3Amade-up.signature').expect(401)
  })
})

/** As a proxy in front would name the client. */
const from = (address: string) => ({ 'X-Forwarded-For': address, 'X-Forwarded-Proto': 'https' })

describe('login throttle', () => {
  test('locks out who sends a thousand wrong passwords, and not the user from elsewhere', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const statuses = new Map<number, number>()
    for (let batch = 0; batch < 50; batch++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => tryLogin(dashboard.url, 'operator', 'guess', from('203.0.113.9'))),
      )
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect(Object.fromEntries(statuses)).toEqual({ 401: 10, 429: 990 })
    const attacker = await tryLogin(dashboard.url, 'operator', passwordOf('operator'), from('203.0.113.9'))
    expect(attacker.status).toBe(429)
    expect(attacker.headers['retry-after']).toBe('900')
    const user = await tryLogin(dashboard.url, 'operator', passwordOf('operator'), from('198.51.100.7'))
    expect(user.status).toBe(303)
  })

  test('counts over all replicas', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const urls = [dashboard.url, await dashboard.replica()]
    const statuses: number[] = []
    for (let count = 0; count < 12; count++) {
      const { status } = await tryLogin(urls[count % 2]!, 'operator', 'guess', from('203.0.113.9'))
      statuses.push(status)
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.at(-1)).toBe(429)
  })

  test('stops one address that tries many names', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const { status } = await tryLogin(dashboard.url, `name-${index}`, 'guess', from('203.0.113.9'))
        return status
      }),
    )
    expect(statuses.filter((status) => status === 401)).toHaveLength(50)
  })

  test('closes a name guessed from many addresses, except to where its user logged in before', async () => {
    await using dashboard = await testDashboard({ secureCookies: true })
    const login = (address: string) =>
      tryLogin(dashboard.url, 'operator', passwordOf('operator'), from(address))
    expect((await login('198.51.100.7')).status).toBe(303)
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          tryLogin(dashboard.url, 'operator', 'guess', from(`203.0.${batch}.${index}`)),
        ),
      )
    }
    expect((await login('192.0.2.1')).status).toBe(429)
    expect((await login('198.51.100.7')).status).toBe(303)
  })

  test('believes no address that a client without a proxy claims', async () => {
    await using dashboard = await testDashboard()
    const statuses: number[] = []
    for (let count = 0; count < 11; count++) {
      const { status } = await tryLogin(dashboard.url, 'operator', 'guess', from(`203.0.113.${count}`))
      statuses.push(status)
    }
    expect(statuses.at(-1)).toBe(429)
  })
})
