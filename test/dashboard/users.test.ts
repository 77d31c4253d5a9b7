import request from 'supertest'
import { findUser } from '../../src/ledger/users'
import { ownOrigin, passwordOf, testDashboard, type TestDashboard } from '../support/dashboard'

type Agent = Awaited<ReturnType<TestDashboard['loggedIn']>>

const send = (agent: Agent, path: string, fields: Record<string, string | number> = {}) =>
  agent.post(path).type('form').send(fields)

const logIn = async ({ url }: TestDashboard, name: string, password: string) =>
  (await request(url).post('/login').set(ownOrigin).type('form').send({ name, password })).status

const acts = async ({ database }: TestDashboard) => {
  const { rows } = await database.query<Record<string, unknown>>(
    `select actor, via, origin, action, subject, outcome, reason from audit_log order by id`,
  )
  return rows
}

describe('users', () => {
  test('are added, changed and removed by an admin, who reads on the page what it came to', async () => {
    await using dashboard = await testDashboard()
    const admin = await dashboard.loggedIn('admin')
    await send(admin, '/users', { name: 'eve', role: 'viewer', password: 'first of two' }).expect(303)
    expect((await admin.get('/users')).text).toContain('eve can log in, as viewer.')
    expect(await logIn(dashboard, 'eve', 'first of two')).toBe(303)
    await send(admin, '/users/eve/password', { password: 'second of two' }).expect(303)
    expect(await logIn(dashboard, 'eve', 'first of two')).toBe(401)
    expect(await logIn(dashboard, 'eve', 'second of two')).toBe(303)
    await send(admin, '/users/eve/remove').expect(303)
    expect(await logIn(dashboard, 'eve', 'second of two')).toBe(401)
    await send(admin, '/users/admin/remove').expect(409)
    expect(await acts(dashboard)).toContainEqual({
      actor: 'admin',
      via: 'dashboard',
      origin: expect.stringContaining('127.0.0.1'),
      action: 'remove user',
      subject: '/users/admin/remove',
      outcome: 'refused',
      reason: 'admin is the only admin. Make somebody else admin first.',
    })
  })

  test.each([
    ['another role', '/users/operator/role', { role: 'viewer' }],
    ['another password', '/users/operator/password', { password: 'a new one for them' }],
    ['the word to log out everywhere', '/users/operator/log-out', {}],
    ['no place here any more', '/users/operator/remove', {}],
  ])('who get %s are logged out of all browsers and replicas', async (_what, path, fields) => {
    await using dashboard = await testDashboard()
    const [one, other, admin] = await Promise.all([
      dashboard.loggedIn('operator'),
      dashboard.loggedIn('operator'),
      dashboard.loggedIn('admin'),
    ])
    await one.get('/me').expect(200)
    await send(admin, path, fields).expect(303)
    const statuses = [one, other, admin].map(async (agent) => (await agent.get('/me')).status)
    expect(await Promise.all(statuses)).toEqual([401, 401, 200])
  })

  test('type a password anew that was refused: no page shows it', async () => {
    await using dashboard = await testDashboard()
    const admin = await dashboard.loggedIn('admin')
    const answer = await send(admin, '/users', { name: 'eve', role: 'viewer', password: 'password-123' })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('expected a password for eve that is not widely known')
    expect(answer.text).not.toContain('password-123')
    expect(JSON.stringify(await acts(dashboard))).not.toContain('password-123')
  })
})

describe('my account', () => {
  test('takes a new password from who knows the present one, and ends all other sessions', async () => {
    await using dashboard = await testDashboard()
    const [here, elsewhere] = await Promise.all([dashboard.loggedIn('viewer'), dashboard.loggedIn('viewer')])
    const change = (present_password: string) =>
      send(here, '/me/password', { present_password, password: 'a new one for me' })
    const before = await findUser(dashboard.database, 'viewer')
    await change('a guess').expect(422)
    expect(await findUser(dashboard.database, 'viewer')).toEqual(before)
    await change(passwordOf('viewer')).expect(303)
    expect((await here.get('/me').expect(200)).text).toContain('Your password is changed.')
    await elsewhere.get('/me').expect(401)
    expect(await logIn(dashboard, 'viewer', 'a new one for me')).toBe(303)
  })

  test('lets nobody at an open session guess the password for long', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    const change = (present_password: string) =>
      send(agent, '/me/password', { present_password, password: 'a new one for me' })
    for (let count = 0; count < 10; count++) expect((await change('a guess')).status).toBe(422)
    expect((await change(passwordOf('viewer'))).status).toBe(429)
  })

  test('logs out everywhere', async () => {
    await using dashboard = await testDashboard()
    const [here, elsewhere] = await Promise.all([dashboard.loggedIn('viewer'), dashboard.loggedIn('viewer')])
    await send(here, '/me/log-out').expect(303)
    expect((await here.get('/me')).status).toBe(401)
    expect((await elsewhere.get('/me')).status).toBe(401)
  })
})

describe('tokens', () => {
  test('show their text once, to the admin who creates them', async () => {
    await using dashboard = await testDashboard()
    const admin = await dashboard.loggedIn('admin')
    const created = await send(admin, '/tokens', { name: 'bi', role: 'viewer', days: 30 }).expect(200)
    const [text = 'none'] = /sft_[\w-]{43}/.exec(created.text) ?? []
    expect(text).not.toBe('none')
    const page = await admin.get('/users').expect(200)
    expect(page.text).toContain('/tokens/bi/revoke')
    expect(page.text).not.toContain(text)
    expect(JSON.stringify(await acts(dashboard))).not.toContain(text)
    await send(admin, '/tokens/bi/revoke').expect(303)
    expect((await admin.get('/users')).text).toContain('1 expired or revoked')
    await send(admin, '/tokens', { name: 'bi', role: 'viewer', days: 401 }).expect(400)
  })
})

describe('the audit log', () => {
  test('has who logged in and out, from where, and what a role did not allow', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    await agent.get('/users').expect(403)
    await send(agent, '/users', { name: 'eve', role: 'admin', password: 'a long password' }).expect(403)
    await send(agent, '/logout').expect(303)
    const by = { actor: 'viewer', via: 'dashboard', origin: expect.stringMatching(/127\.0\.0\.1|::1/) }
    expect(await acts(dashboard)).toEqual([
      { ...by, action: 'log in', subject: 'user viewer', outcome: 'done', reason: null },
      {
        ...by,
        action: 'add user',
        subject: '/users',
        outcome: 'refused',
        reason: 'this needs the role admin; viewer is viewer',
      },
      { ...by, action: 'log out', subject: 'user viewer', outcome: 'done', reason: null },
    ])
  })

  test('has one row for a lock-out, however many tries it takes, and not what was typed for a name', async () => {
    await using dashboard = await testDashboard()
    for (const name of ['operator', 'my secret password']) {
      for (let count = 0; count < 14; count++) await logIn(dashboard, name, 'a guess')
    }
    expect(await acts(dashboard)).toEqual(
      ['user operator', 'an unknown user'].map((subject) => ({
        actor: 'not logged in',
        via: 'dashboard',
        origin: expect.any(String),
        subject,
        action: 'log in',
        outcome: 'refused',
        reason: 'too many failed logins: this name from this address is locked out for a quarter of an hour',
      })),
    )
  })
})
