import { readFileSync } from 'node:fs'
import request from 'supertest'
import type { Json } from '../../../src/dashboard/api/openapi'
import { wrongTokens } from '../../../src/dashboard/api/authenticate'
import { perMinute } from '../../../src/dashboard/api/limits'
import { operations } from '../../../src/dashboard/api/operations'
import type { Role } from '../../../src/ledger/users'
import { apiClient } from '../../support/api-client'
import { tokenOf } from '../../support/callers'
import { testDashboard, type TestDashboard } from '../../support/dashboard'
import { addAccount } from '../../support/fleet-history'

const asking = async (dashboard: TestDashboard, role: Role) => {
  const token = await tokenOf(dashboard, role)
  return (method: 'get' | 'post' | 'put' | 'delete' | 'head', path: string) =>
    request(dashboard.url)[method](`/api/v1${path}`).set('Authorization', `Bearer ${token}`)
}

const problem = (answer: request.Response) => {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(answer.body).toMatchObject({ type: 'about:blank', status: answer.status })
  return { status: answer.status, ...(answer.body as { detail: string; errors?: unknown }) }
}

describe('what is not done', () => {
  test('is told as a problem that names what is wrong', async () => {
    await using dashboard = await testDashboard()
    const ask = await asking(dashboard, 'admin')
    const nobody = await request(dashboard.url).get('/api/v1/jobs')
    expect(problem(nobody).status).toBe(401)
    expect(nobody.headers['www-authenticate']).toMatch(/^Bearer/)
    const wrong = await request(dashboard.url).get('/api/v1/jobs').set('Authorization', 'Basic YTpi')
    expect([problem(wrong).status, wrong.headers['www-authenticate']]).toEqual([
      401,
      expect.stringContaining('invalid_token'),
    ])
    const viewer = await (await asking(dashboard, 'viewer'))('post', '/pause').send({ reason: 'a' })
    expect(problem(viewer)).toMatchObject({ status: 403, detail: expect.stringContaining('operator') })
    expect(problem(await ask('get', '/jobs/ctn'))).toMatchObject({
      status: 404,
      detail: expect.stringContaining('did you mean ctm?'),
    })
    expect(problem(await ask('get', '/nowhere')).status).toBe(404)
    expect(problem(await ask('get', '/runs/4711')).detail).toBe('There is no run 4711.')
    const other = await ask('delete', '/jobs/ctm')
    expect([problem(other).status, other.headers['allow']]).toEqual([405, 'GET'])
    expect(problem(await ask('post', '/pause').type('text').send('reason')).status).toBe(415)
    expect(problem(await ask('post', '/pause').type('json').send('{"reason":')).status).toBe(400)
    expect(problem(await ask('post', '/pause').send({ reason: 'a'.repeat(70_000) })).status).toBe(413)
    expect(problem(await ask('post', '/resume').send({})).status).toBe(409)
    const fields = await ask('post', '/jobs/ctm/runs').send({ acounts: ['acme'], streams: 'calls' })
    expect(problem(fields)).toMatchObject({
      status: 400,
      errors: [
        { field: 'body.streams', expected: 'expected array', given: '"calls"' },
        { field: 'body.acounts', expected: 'no such field; did you mean accounts?' },
      ],
    })
    expect(problem(await ask('get', '/runs?limit=501&job=ctm&aftr=1'))).toMatchObject({
      errors: [{ field: 'query.limit', given: '"501"' }, { field: 'query.aftr' }],
    })
    await ask('head', '/jobs').expect(200)
  })

  test('says which store is away', async () => {
    await using dashboard = await testDashboard()
    const ask = await asking(dashboard, 'viewer')
    dashboard.redis.disconnect()
    const answer = await ask('get', '/jobs')
    expect(problem(answer)).toMatchObject({
      status: 503,
      detail: expect.stringContaining('once Redis is back'),
    })
    expect(answer.headers['retry-after']).toBe('5')
  })
})

describe('lists', () => {
  test('are read page by page, and no row is missing or comes twice', async () => {
    await using dashboard = await testDashboard()
    for (const client of ['a', 'b', 'c']) {
      await addAccount(dashboard.database, 'ctm', client)
      await addAccount(dashboard.database, 'cdk', client)
    }
    for (let age = 1; age <= 4; age += 1)
      await dashboard.database.query(
        `insert into incidents (kind, subject, job, message, opened_at, closed_at, closing)
         values ('run-long', 'run ' || $1::int, 'ctm', 'long', clock_timestamp() - $1::int * interval '1 hour',
           case when $1::int > 2 then clock_timestamp() end, case when $1::int > 2 then 'over' end)`,
        [age],
      )
    const call = await apiClient(dashboard, 'operator')
    for (const minute of [1, 2, 3]) {
      await call('runJob', { params: { job: 'ctm' } })
      await call('pauseEverything', { body: { reason: `pause ${minute}` } })
      await call('resumeEverything')
      await dashboard.database.query(
        `insert into slots (job, due_at) values ('ctm', now() - $1 * interval '1 minute')`,
        [minute],
      )
    }
    const lists: readonly (readonly [string, number, Record<string, string>?])[] = [
      ['listAccounts', 6],
      ['listClients', 3],
      ['listCredentials', 2],
      ['listRuns', 3],
      ['listPauses', 3, { all: 'true' }],
      ['listIncidents', 4, { all: 'true' }],
      ['searchAudit', 10],
      ['listSlots', 3],
      ['listSyncsOfRun', 3],
    ]
    for (const [id, rows, query = {}] of lists) {
      const params = { job: 'ctm', run: '1' }
      const whole = await call(id, { params, query })
      expect([id, whole.body.items.length, whole.body.next]).toEqual([id, rows, null])
      const found: unknown[] = []
      for (let after: string | undefined, more = true; more;) {
        const page = await call(id, { params, query: { ...query, limit: '2', ...(after ? { after } : {}) } })
        found.push(...page.body.items)
        after = page.body.next ?? undefined
        more = after !== undefined
        expect(page.headers['link'] ?? '').toContain(after ? `after=${encodeURIComponent(after)}` : '')
      }
      expect(found).toEqual(whole.body.items)
    }
  })
})

describe('an Idempotency-Key', () => {
  test('makes asking twice the same as asking once, for each token and for good', async () => {
    await using dashboard = await testDashboard()
    await addAccount(dashboard.database, 'ctm', 'acme')
    const call = await apiClient(dashboard, 'operator')
    const other = await apiClient(dashboard, 'operator')
    const headers = { 'Idempotency-Key': 'ticket-1207' }
    const params = { job: 'ctm' }
    const answers = await Promise.all([1, 2, 3].map(() => call('runJob', { params, headers })))
    expect(new Set(answers.map(({ body }) => body['run'])).size).toBe(1)
    expect((await call('runJob', { params, headers, body: { accounts: ['acme'] } })).status).toBe(409)
    expect((await call('runJob', { params: { job: 'cdk' }, headers })).status).toBe(409)
    expect((await other('runJob', { params, headers })).body['run']).not.toBe(answers[0]?.body['run'])

    const days = { from: '2026-01-01', to: '2026-01-02' }
    const backfill = { params, headers: { 'Idempotency-Key': 'gap' }, body: { days } }
    const begun = await call('beginBackfill', backfill)
    expect((await call('beginBackfill', backfill)).body).toEqual(begun.body)
    expect((await call('runJob', { params, headers: { 'Idempotency-Key': 'gap' } })).status).toBe(409)
    expect((await call('runJob', { params, headers: { 'Idempotency-Key': 'two words' } })).status).toBe(400)
    const { rows } = await dashboard.database.query<{ action: string }>(
      `select action from audit_log where outcome = 'done' and via = 'api' order by id`,
    )
    expect(rows.map(({ action }) => action)).toEqual(['run now', 'run now', 'backfill'])
  })
})

describe('limits', () => {
  test('hold each token to so many acts a minute, over all replicas', async () => {
    await using dashboard = await testDashboard()
    const urls = [dashboard.url, await dashboard.replica()]
    const [hasty, calm] = [await tokenOf(dashboard, 'operator'), await tokenOf(dashboard, 'operator')]
    const act = async (token: string, url = dashboard.url) =>
      request(url).post('/api/v1/pause').set('Authorization', `Bearer ${token}`).send({})
    const statuses: number[] = []
    for (let batch = 0; batch <= perMinute.acts / 10; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => act(hasty, urls[index % 2])))
      statuses.push(...answers.map(({ status }) => status))
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(perMinute.acts)
    expect(statuses.filter((status) => status === 429)).toHaveLength(10)
    const refused = await act(hasty)
    expect(problem(refused).detail).toContain('60 acts a minute')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const other = await act(calm)
    expect([other.status, other.headers['ratelimit']]).toEqual([400, expect.stringContaining('r=59')])
    await request(dashboard.url).get('/api/v1/jobs').set('Authorization', `Bearer ${hasty}`).expect(200)
  })

  test('tell an address to wait that brings many wrong tokens, over all replicas, and let its valid ones in', async () => {
    await using dashboard = await testDashboard()
    const urls = [dashboard.url, await dashboard.replica()]
    const bring = async (token: string, url = dashboard.url) =>
      request(url).get('/api/v1/you').set('Authorization', `Bearer ${token}`)
    const wrong = Array.from({ length: wrongTokens + 2 }, async (_, index) =>
      bring(index % 3 === 0 ? 'guess' : `sft_${String(index).padStart(43, 'a')}`, urls[index % 2]),
    )
    const statuses = (await Promise.all(wrong)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(wrongTokens)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    const refused = await bring('guess')
    expect([problem(refused).status, refused.headers['retry-after']]).toEqual([429, '900'])
    expect((await bring(await tokenOf(dashboard, 'viewer'))).status).toBe(200)
    const { rows } = await dashboard.database.query(
      `select actor, via, action from audit_log where outcome = 'refused'`,
    )
    expect(rows).toEqual([{ actor: 'not logged in', via: 'api', action: 'use a token' }])
  })
})

describe('the document', () => {
  test('names every operation once, and everything that it refers to', async () => {
    await using dashboard = await testDashboard()
    const { body, text } = await (await asking(dashboard, 'viewer'))('get', '/openapi.json').expect(200)
    const document = body as {
      openapi: string
      paths: Record<string, Record<string, Json>>
      components: Json
    }
    expect(document.openapi).toBe('3.1.0')
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((each) => each['operationId']),
    )
    expect(ids.map(String).toSorted()).toEqual(operations.map(({ id }) => id).toSorted())
    expect(new Set(ids).size).toBe(ids.length)
    for (const [path, methods] of Object.entries(document.paths))
      for (const { parameters } of Object.values(methods))
        expect(
          (parameters as Json[])
            .filter(({ in: place }) => place === 'path')
            .map(({ name }) => `{${String(name)}}`),
        ).toEqual(path.match(/\{\w+\}/g) ?? [])
    const known = Object.keys(document.components['schemas'] as object)
    const meant = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
    expect(known.toSorted()).toEqual([...new Set(meant)].toSorted())
    expect(text).not.toContain('$defs')
  })

  test('is a page for people, whose calls fit', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    const { text } = await agent.get('/api/v1').set('Accept', 'text/html').expect(200)
    for (const { id, summary } of operations) {
      expect(text).toContain(`id="${id}"`)
      expect(text).toContain(summary.replaceAll("'", '&#39;'))
    }
    const targets = [...text.matchAll(/href="#([\w-]+)"/g)].map(([, anchor]) => anchor)
    for (const anchor of targets) expect(text).toContain(`id="${anchor}"`)
    const examples = [...text.matchAll(/id="(\w+)">(?:(?!<article).)*?-d &#39;(.*?)&#39; /gs)]
    expect(examples.length).toBeGreaterThan(20)
    for (const [, id, example = ''] of examples) {
      const operation = operations.find((each) => each.id === id)
      const body: unknown = JSON.parse(example.replaceAll('&quot;', '"').replaceAll('&#39;', "'"))
      expect([id, operation?.body.safeParse(body).error]).toEqual([id, undefined])
    }
    const anonymous = await request(dashboard.url).get('/api/v1').set('Accept', 'text/html')
    expect([anonymous.status, anonymous.headers['location']]).toEqual([303, '/login?to=%2Fapi%2Fv1'])
  })

  test('is what the guide goes by: its calls fit', () => {
    const guide = readFileSync('docs/api.md', 'utf8')
    const calls = [
      ...guide.matchAll(/curl -X (\w+)[^"]*"Authorization[^]*?-d '(.*?)'[^"]*"\$SYNCFLEET\/api\/v1(\S+)"/g),
    ]
    expect(calls).toHaveLength(4)
    for (const [, method = '', body = '', path = ''] of calls) {
      const operation = operations.find(
        (each) =>
          each.method === method.toLowerCase() &&
          new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, '[\\w-]+')}$`).test(path),
      )
      expect([path, operation?.body.safeParse(JSON.parse(body)).error]).toEqual([path, undefined])
    }
  })
})
