import { closeIncident, openIncident } from '../../src/ledger/gates/incidents'
import { reportProcess } from '../../src/ledger/fleet-processes'
import { declaredJobs, testDashboard, type TestDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

/** The page of a viewer, spaces evened out. */
const fleetPage = async (dashboard: TestDashboard): Promise<string> => {
  const agent = await dashboard.loggedIn('viewer')
  const { text } = await agent.get('/').set('Accept', 'text/html').expect(200)
  return text.replaceAll(/\s+/g, ' ')
}

const textOf = (markup: string): string => markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

/** What a row says, without markup. */
const rowOf = (page: string, key: string): string =>
  textOf(page.split('<tr').find((part) => part.includes(` data-key="${key}"`)) ?? '')

/** What one part of the page says. */
const partOf = (page: string, id: string): string =>
  page.split(`id="${id}"`)[1]?.split(' data-live')[1]?.split('<h2>')[0] ?? ''

describe('fleet page', () => {
  test('lists all nine jobs, with their schedule in words and a link to their page', async () => {
    await using dashboard = await testDashboard()
    const page = await fleetPage(dashboard)
    for (const { id, title } of dashboard.ctx.jobs) {
      expect(page).toContain(`<a href="/jobs/${id}">${title}</a>`)
    }
    expect(rowOf(page, 'job-ctm')).toContain('Every 15 minutes America/Chicago next ')
    expect(rowOf(page, 'job-cdk')).toContain('America/Chicago next ')
  })

  test('tells how a job that went well stands', async () => {
    await using dashboard = await testDashboard()
    const account = await addAccount(dashboard.database, 'ctm', 'riverside', { name: 'Riverside Motors' })
    await addRun(dashboard.database, {
      job: 'ctm',
      state: 'ok',
      startedAgo: 605,
      took: 65,
      syncs: [{ account, state: 'ok', inserted: 1234 }],
    })
    const page = await fleetPage(dashboard)
    const row = rowOf(page, 'job-ctm')
    expect(row).toContain('ran')
    expect(row).toContain('ok 10 min ago took 1 min 5 s · 1 ok · 1,234 rows')
    expect(row).toContain('1 of 1 fresh')
    expect(row).toContain('oldest: Riverside Motors (riverside-account), 9 min ago')
    expect(textOf(partOf(page, 'totals'))).toContain('0 jobs to look at')
    expect(partOf(page, 'matrix')).toContain(`class="state state-fresh" href="/accounts/${account}"`)
    expect(textOf(partOf(page, 'trouble'))).toContain('No account needs a look.')
  })

  test('puts what needs a look first, and says why', async () => {
    await using dashboard = await testDashboard()
    const account = await addAccount(dashboard.database, 'ctm', 'riverside')
    await addRun(dashboard.database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 60,
      took: 5,
      syncs: [{ account, state: 'failed' }],
    })
    await dashboard.database.query(
      `insert into slots (job, due_at, state, reason, settled_at) values ('ctm', now(), 'missed', 'no worker was up', now())`,
    )
    const page = await fleetPage(dashboard)
    expect(textOf(partOf(page, 'totals'))).toContain('1 job to look at')
    expect(page.indexOf('data-key="job-ctm"')).toBeLessThan(page.indexOf('data-key="job-salesforce"'))
    const row = rowOf(page, 'job-ctm')
    expect(row).toContain('missed')
    expect(row).toContain('no worker was up')
    expect(row).toContain('partial 1 min ago took 5 s · 1 failed · 0 rows')
    expect(row).toContain('0 of 1 fresh')
    expect(row).toContain('never synced')
    expect(rowOf(page, `account-${account}`)).toContain('Client riverside')
    expect(rowOf(page, `account-${account}`)).toContain('failed')
  })

  test('shows every standing of an account, the worst client first, with what is wrong', async () => {
    await using dashboard = await testDashboard()
    const { database } = dashboard
    const add = async (client: string) => addAccount(database, 'ctm', client)
    const [fresh, late, parked, paused, resting] = [
      await add('a-fresh'),
      await add('b-late'),
      await add('c-parked'),
      await add('d-paused'),
      await add('e-resting'),
    ]
    const never = await add('f-never')
    await addRun(database, {
      job: 'ctm',
      state: 'ok',
      startedAgo: 3 * 3600,
      took: 5,
      syncs: [{ account: late, state: 'ok' }],
    })
    const syncs = [fresh, parked, paused, resting].map((account) => ({ account, state: 'ok' as const }))
    await addRun(database, { job: 'ctm', state: 'ok', startedAgo: 60, took: 5, syncs })
    await database.query(
      `update accounts set parked_at = now(), parked_reason = 'no such account' where id = $1`,
      [parked],
    )
    await database.query(`update accounts set not_before = '2050-01-01' where id = $1`, [resting])
    await database.query(
      `insert into pauses (scope, subject, reason, paused_by) values ('client', 'd-paused', 'moving', 'ann')`,
    )
    const page = await fleetPage(dashboard)
    const matrix = partOf(page, 'matrix')
    const shown = [...matrix.matchAll(/class="state state-(\w+)" href="\/accounts\/(\d+)"/g)]
    expect(shown.map(([, standing, id]) => `${id} ${standing}`)).toEqual([
      `${parked} parked`,
      `${never} late`,
      `${late} late`,
      `${resting} resting`,
      `${paused} paused`,
      `${fresh} fresh`,
    ])
    expect(textOf(matrix)).toContain('Client b-late late 2 h')
    expect(textOf(matrix)).toContain('never synced')
    expect(rowOf(page, `account-${parked}`)).toContain('account parked: no such account')
    expect(rowOf(page, `account-${resting}`)).toContain('left alone until 2050-01-01')
    expect(rowOf(page, `account-${paused}`)).toContain('client d-paused paused by ann: moving')
    expect(page.split('data-key="account-')).toHaveLength(6)
    expect(textOf(page)).toContain('Paused: client d-paused')
  })

  test('puts a job with an open incident first, although its runs end ok', async () => {
    await using dashboard = await testDashboard()
    await addRun(dashboard.database, { job: 'ctm', state: 'ok', startedAgo: 60, took: 5 })
    const incident = { kind: 'breaker-open', job: 'ctm', message: 'circuit breaker is open' } as const
    await openIncident(dashboard.database, { ...incident, subject: 'credential ctm-1' })
    await openIncident(dashboard.database, { ...incident, subject: 'account 7', message: 'another is open' })
    const page = await fleetPage(dashboard)
    expect(textOf(partOf(page, 'totals'))).toContain('1 job to look at')
    expect(rowOf(page, 'job-ctm')).toContain('2 incidents are open; the latest: another is open')
    for (const subject of ['credential ctm-1', 'account 7'])
      await closeIncident(dashboard.database, { kind: 'breaker-open', subject }, 'a sync went well')
  })

  test('lists the processes of the fleet, with what they have in hand', async () => {
    await using dashboard = await testDashboard()
    const { database } = dashboard
    const sign = { build: '1.2.3', uptime: 3_900_000, rss: 150 * 2 ** 20 }
    await reportProcess(database, { ...sign, id: '7-abc@host', kind: 'worker', active: { ctm: 3 } }, 5000)
    await reportProcess(database, { ...sign, id: '8-def@host', kind: 'scheduler', active: {} }, 5000)
    await database.query(
      `update fleet_processes set seen_at = now() - interval '2 minutes' where id = '8-def@host'`,
    )
    const page = await fleetPage(dashboard)
    expect(rowOf(page, 'process-7-abc@host')).toContain('worker 7-abc@host 1.2.3 1 h 5 min ago 150 MiB 3 CTM')
    expect(rowOf(page, 'process-8-def@host')).toContain('scheduler gone 8-def@host')
  })

  test('shows scripts in the names of jobs and clients, and in reasons, as text', async () => {
    const script = '<script>alert("1")</script>'
    const jobs = declaredJobs().map((job) =>
      job.id === 'ctm' ? { ...job, title: script, summary: script } : job,
    )
    await using dashboard = await testDashboard({ jobs })
    await addAccount(dashboard.database, 'ctm', 'riverside', { name: script })
    await dashboard.database.query(
      `insert into slots (job, due_at, state, reason, settled_at) values ('ctm', now(), 'skipped', $1, now())`,
      [script],
    )
    const page = await fleetPage(dashboard)
    expect(page).not.toContain('<script>')
    expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;').length).toBeGreaterThan(6)
  })

  test('says how a shadowed job differs', async () => {
    const jobs = declaredJobs().map((job) =>
      job.id === 'ctm' ? { ...job, effective: { ...job.effective, mode: 'shadow' as const } } : job,
    )
    await using dashboard = await testDashboard({ jobs })
    expect(rowOf(await fleetPage(dashboard), 'job-ctm')).toContain(
      'shadow: runs in full, into tables of its own',
    )
  })

  test('says once what an act came to, to whoever did it, and shows it at once', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('operator')
    await agent.get('/').expect(200)
    const answer = await agent.post('/pause').type('form').send({ reason: 'a move' }).expect(303)
    expect(answer.headers['location']).toBe('/')
    const notice = 'Everything is paused until somebody resumes it.'
    expect((await agent.get('/').set('X-Syncfleet-Live', '1')).text).not.toContain(notice)
    const { text } = await agent.get('/').expect(200)
    expect(text).toContain(notice)
    expect(textOf(text)).toContain('everything paused by operator: a move')
    expect((await agent.get('/')).text).not.toContain(notice)
  })

  test('answers an open page that nothing has changed for with 304', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('viewer')
    const live = { Accept: 'text/html', 'Cache-Control': 'max-age=0', 'X-Syncfleet-Live': '1' }
    const { headers } = await agent.get('/').set(live).expect(200)
    const again = await agent
      .get('/')
      .set({ ...live, 'If-None-Match': headers['etag'] ?? '' })
      .expect(304)
    expect(again.text).toBe('')
    await dashboard.database.query(
      `insert into pauses (scope, subject, reason, paused_by) values ('everything', '', 'a move', 'ann')`,
    )
    const changed = await agent
      .get('/')
      .set({ ...live, 'If-None-Match': headers['etag'] ?? '' })
      .expect(200)
    expect(textOf(changed.text)).toContain('Everything is paused by ann until somebody resumes it: a move')
  })
})
