import { closeIncident, openIncident } from '../../src/ledger/gates/incidents'
import { declaredJobs, testDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

/** The page of a viewer, spaces evened out. */
const fleetPage = async (dashboard: Awaited<ReturnType<typeof testDashboard>>): Promise<string> => {
  const agent = await dashboard.loggedIn('viewer')
  const { text } = await agent.get('/').set('Accept', 'text/html').expect(200)
  return text.replaceAll(/\s+/g, ' ')
}

/** What one job's row says, without markup. */
const rowOf = (page: string, jobId: string): string => {
  const row = page.split('<tr').find((part) => part.includes(`/queues/queue/${jobId}"`)) ?? ''
  return row.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}

describe('fleet page', () => {
  test('lists all nine jobs, with their schedule in words and a link to their queue', async () => {
    await using dashboard = await testDashboard()
    const page = await fleetPage(dashboard)
    for (const { id, title } of dashboard.ctx.jobs) {
      expect(page).toContain(`<a href="/queues/queue/${id}">${title}</a>`)
    }
    expect(rowOf(page, 'ctm')).toContain('Every 15 minutes America/Chicago next ')
    expect(rowOf(page, 'cdk')).toContain('America/Chicago next ')
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
    const row = rowOf(page, 'ctm')
    expect(row).toContain('ran')
    expect(row).toContain('ok 10 min ago took 1 min 5 s · 1 ok · 1,234 rows')
    expect(row).toContain('1 of 1 fresh')
    expect(row).toContain('oldest: Riverside Motors (riverside-account), 9 min ago')
    expect(page).toContain('0 to look at')
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
    expect(page).toContain('1 to look at')
    expect(page.indexOf('/queues/queue/ctm"')).toBeLessThan(page.indexOf('/queues/queue/salesforce"'))
    expect(rowOf(page, 'ctm')).toContain('missed')
    expect(rowOf(page, 'ctm')).toContain('no worker was up')
    expect(rowOf(page, 'ctm')).toContain('partial 1 min ago took 5 s · 1 failed · 0 rows')
    expect(rowOf(page, 'ctm')).toContain('0 of 1 fresh')
    expect(rowOf(page, 'ctm')).toContain('never synced')
  })

  test('puts a job with an open incident first, although its runs end ok', async () => {
    await using dashboard = await testDashboard()
    await addRun(dashboard.database, { job: 'ctm', state: 'ok', startedAgo: 60, took: 5 })
    const incident = { kind: 'breaker-open', job: 'ctm', message: 'circuit breaker is open' } as const
    await openIncident(dashboard.database, { ...incident, subject: 'credential ctm-1' })
    const page = await fleetPage(dashboard)
    expect(page).toContain('1 to look at')
    expect(rowOf(page, 'ctm')).toContain('an incident is open: circuit breaker is open')

    await openIncident(dashboard.database, { ...incident, subject: 'account 7', message: 'another is open' })
    expect(rowOf(await fleetPage(dashboard), 'ctm')).toContain(
      '2 incidents are open; the latest: another is open',
    )

    for (const subject of ['credential ctm-1', 'account 7'])
      await closeIncident(dashboard.database, { kind: 'breaker-open', subject }, 'a sync went well')
    expect(await fleetPage(dashboard)).toContain('0 to look at')
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
    expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')).toHaveLength(5)
  })

  test('says how a shadowed job differs', async () => {
    const jobs = declaredJobs().map((job) =>
      job.id === 'ctm' ? { ...job, effective: { ...job.effective, mode: 'shadow' as const } } : job,
    )
    await using dashboard = await testDashboard({ jobs })
    expect(rowOf(await fleetPage(dashboard), 'ctm')).toContain('shadow: runs in full, into tables of its own')
  })
})
