import request from 'supertest'
import { tokenOf } from '../support/callers'
import { ownOrigin, testDashboard } from '../support/dashboard'

describe('text that the ledger cannot keep', () => {
  test('is the fault of who sends it, wherever it stands', async () => {
    const errors: string[] = []
    const logger = { error: (message: string) => errors.push(message), warn() {}, info() {}, debug() {} }
    await using dashboard = await testDashboard({ logger })
    const token = await tokenOf(dashboard, 'admin')
    const api = (method: 'get' | 'post' | 'delete', path: string) =>
      request(dashboard.url)[method](`/api/v1${path}`).set('Authorization', `Bearer ${token}`)
    const admin = await dashboard.loggedIn('admin')
    const answers = [
      await api('get', '/clients/a%00b'),
      await api('get', '/audit?text=%00'),
      await api('delete', '/users/%00'),
      await api('post', '/pause').send({ reason: 'a\0b' }),
      await api('post', '/pause')
        .type('json')
        .send(String.raw`{"reason":"\ud800"}`),
      await api('post', '/pause')
        .type('json')
        .send(`{"reason":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
      await api('post', '/pause').send({ reason: 'a', until: '9999-12-31T23:59:59-23:59' }),
      await api('get', '/jobs/ctm/why?at=0000-01-01T00:00:00%2B14:00'),
      await admin.get('/search?q=%00'),
      await admin.post('/pause').type('form').send('reason=a%00b'),
      await admin
        .post('/pause')
        .type('form')
        .send('reason=a&until=9999-12-31T23:59&timezone=America%2FChicago'),
      await admin.put('/queues/api/queues/ctm/pause').send({ reason: '\0' }),
      await request(dashboard.url).post('/login').set(ownOrigin).type('form').send('name=%00&password=a'),
    ]
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400))
    expect(errors).toEqual([])
  })
})

describe('a BullMQ job that no ledger could know', () => {
  test('is none in Bull Board either', async () => {
    const errors: string[] = []
    const logger = { error: (message: string) => errors.push(message), warn() {}, info() {}, debug() {} }
    await using dashboard = await testDashboard({ logger })
    const admin = await dashboard.loggedIn('admin')
    const statuses: number[] = []
    for (const path of [
      'ctm/sync-99999999999999999999999/retry',
      'runs/run-99999999999999999999999/clean',
      'runs/repeat%3Actm%3A99999999999999999/remove-unprocessed-children',
      'runs/clean/meta',
    ])
      statuses.push((await admin.put(`/queues/api/queues/${path}`).send({})).status)
    expect(statuses).toEqual([404, 404, 409, 409])
    expect(errors).toEqual([])
  })
})

describe('a mistyped year', () => {
  test('does not become a backfill of every day since', async () => {
    await using dashboard = await testDashboard()
    const answer = await request(dashboard.url)
      .post('/api/v1/jobs/ctm/backfills')
      .set('Authorization', `Bearer ${await tokenOf(dashboard, 'operator')}`)
      .send({ days: { from: '0206-11-01', to: '2026-11-02' } })
      .expect(422)
    expect((answer.body as { detail: string }).detail).toContain('2000-01-01')
  })
})

describe('an address', () => {
  test('has one spelling: in capitals it leads nowhere, and the audit log is not misled', async () => {
    await using dashboard = await testDashboard()
    const admin = await dashboard.loggedIn('admin')
    await admin.get('/API/v1/jobs').expect(404)
    await admin.post('/API/v1/pause').send({ reason: 'a' }).expect(404)
    await admin.put('/Queues/api/queues/pause').send({}).expect(404)
    expect((await dashboard.database.query('select from pauses')).rows).toEqual([])
  })
})

describe('a password', () => {
  test('that is typed wrongly is not shown again', async () => {
    await using dashboard = await testDashboard()
    const viewer = await dashboard.loggedIn('viewer')
    const answer = await viewer
      .post('/me/password')
      .type('form')
      .send({ present_password: 'a secret of mine '.repeat(100), password: 'another one of mine' })
      .expect(400)
    expect(answer.text).not.toContain('of mine')
  })
})
