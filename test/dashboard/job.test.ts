import type { Context } from '../../src/dashboard/context'
import { openIncident } from '../../src/ledger/gates/incidents'
import type { Role } from '../../src/ledger/users'
import { alignJobSchedulers } from '../../src/queue/job-schedulers'
import { reschedule, revertOverride, setRate } from '../../src/runs/control/override'
import { pause } from '../../src/runs/control/pause'
import { declaredJobs, testDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

const script = '<script>alert("1")</script>'

describe('job page', () => {
  const setup = async (changes: Partial<Context> = {}) => {
    const dashboard = await testDashboard(changes)
    const page = async (
      path: string,
      { role = 'viewer', status = 200 }: { role?: Role; status?: number } = {},
    ) => {
      const agent = await dashboard.loggedIn(role)
      const { text } = await agent.get(path).set('Accept', 'text/html').expect(status)
      return text.replaceAll(/\s+/g, ' ')
    }
    return { dashboard, page, [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose]() }
  }
  const by = { actor: 'ada', via: 'cli' } as const

  test('tells when it is due, what became of its slots and why, and how its runs and accounts stand', async () => {
    await using world = await setup()
    const { database } = world.dashboard
    const good = await addAccount(database, 'ctm', 'riverside', { name: 'Riverside Motors' })
    const bad = await addAccount(database, 'ctm', 'hillside', { name: script })
    await addRun(database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 600,
      took: 65,
      syncs: [
        { account: good, state: 'ok', inserted: 1234 },
        { account: bad, state: 'failed' },
      ],
    })
    await database.query(
      `insert into slots (job, due_at, state, reason, settled_at) values ('ctm', now(), 'missed', $1, now())`,
      [`no worker was up ${script}`],
    )
    await openIncident(database, {
      kind: 'breaker-open',
      job: 'ctm',
      subject: 'credential ctm-key',
      message: `circuit breaker is open ${script}`,
    })

    const page = await world.page('/jobs/ctm')
    expect(page).toContain('Every 15 minutes: <code>*/15 * * * *</code> in America/Chicago.')
    expect(page.match(/data-label="Outlook"/g)).toHaveLength(10)
    expect(page).toContain('no worker was up &lt;script&gt;')
    expect(page).toContain(
      'p50</abbr> 1 min 5 s, <abbr title="95 % took no longer">p95</abbr> 1 min 5 s; 1,234 rows in all.',
    )
    expect(page).toMatch(/<rect class="bar-partial"[^>]*> <title> run 1: partial, slot, /)
    expect(page).toContain('<a href="/runs/1">run 1</a>')
    expect(page).toContain('vendor_unavailable')
    expect(page).toContain('circuit breaker is open &lt;script&gt;')
    expect(page.indexOf('hillside-account')).toBeLessThan(page.indexOf('riverside-account'))
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('method="post" action="/jobs/')
    await world.page('/jobs/nothing', { status: 404 })
  })

  test('marks what a change of the clocks does to the next slots, and what keeps them from running', async () => {
    const jobs = declaredJobs().map((job) =>
      // The 8th of March 2026 has no 02:30 in Chicago; of every year's second Sunday of March that is so.
      job.id === 'ctm' ? { ...job, effective: { ...job.effective, cron: '30 2 8-14 3 7' } } : job,
    )
    await using world = await setup({ jobs })
    expect(await world.page('/jobs/ctm')).toContain('gap: for 02:30')
    await pause(world.dashboard.ctx.tools, { scope: 'job', id: 'ctm' }, { by, reason: `checking ${script}` })
    const page = await world.page('/jobs/ctm')
    expect(page).toContain('does not run</span> paused: checking &lt;script&gt;')
    expect(page).toContain('The job is paused by ada since')
  })

  test('answers why any instant ran or did not, and says what it cannot read', async () => {
    await using world = await setup()
    expect(await world.page('/jobs/ctm?why=tomorrow+06:00')).toMatch(
      /state-to-come">to come<\/span> ctm will be due at \d{4}-\d\d-\d\d 06:00 America\/Chicago/,
    )
    expect(await world.page('/jobs/ctm?why=2026-11-01+01:30')).toContain('twice: at')
    const wrong = await world.page('/jobs/ctm?why=soon%3Cb%3E', { status: 400 })
    expect(wrong).toContain('“soon&lt;b&gt;” is no instant: expected an instant such as')
    expect(wrong).toContain('value="soon&lt;b&gt;"')
  })

  test('shows what was set instead of the configuration', async () => {
    await using world = await setup()
    const { ctx } = world.dashboard
    const job = ctx.jobs.find(({ id }) => id === 'ctm')!
    await setRate(ctx.tools, job, 40, { by, reason: `they asked ${script}` })
    const page = await world.page('/jobs/ctm')
    expect(page).toContain(
      'Not as configured: rate: 40 % of the vendor&#39;s limits until reverted, by ada: they asked &lt;script&gt;',
    )
    expect(page).toMatch(/class="drift"> <th scope="row">Share of the vendor’s limits/)
  })

  test('tells that Redis holds another schedule, once schedulers have had the time to apply a change', async () => {
    await using world = await setup()
    const { ctx, database, queues } = world.dashboard
    const job = ctx.jobs.find(({ id }) => id === 'ctm')!
    const { cron, timezone } = job.effective
    const declared = [{ jobId: job.id, version: job.version, cron, timezone }]
    await alignJobSchedulers(
      queues,
      declared,
      () => undefined,
      async () => new Date(),
    )
    expect(await world.page('/jobs/ctm')).toContain('Redis holds the same')
    const drift = `Redis holds <code>${cron}</code> in ${timezone}`
    const minuteAgo = async (column: string) =>
      database.query(`update overrides set ${column} = ${column} - interval '1 minute'`)
    await reschedule(ctx.tools, job, { cron: '*/20 * * * *' }, { by, reason: 'a campaign' })
    const changed = await world.page('/jobs/ctm')
    expect(changed).toContain('It was changed just now, and is in Redis within seconds.')
    expect(changed).not.toContain(drift)
    await minuteAgo('made_at')
    expect(await world.page('/jobs/ctm')).toContain(drift)
    await queues.runs.upsertJobScheduler(job.id, { pattern: '*/20 * * * *', tz: timezone })
    await revertOverride(ctx.tools, job, 'schedule', { by })
    expect(await world.page('/jobs/ctm')).toContain('It was changed just now')
    await minuteAgo('ended_at')
    expect(await world.page('/jobs/ctm')).toContain('Redis holds <code>*/20 * * * *</code>')
  })

  test('shows a schedule’s next slots before it is confirmed, to administrators only', async () => {
    await using world = await setup()
    const foreseen = '/jobs/ctm?cron=*/20+*+*+*+*&timezone=America/Chicago'
    const page = await world.page(foreseen, { role: 'admin' })
    expect(page).toContain('Every 20 minutes, in America/Chicago. Its next slots would be:')
    expect(page).toContain('action="/jobs/ctm/reschedule"')
    expect(page.split('<ol>')[1]?.split('</ol>')[0]?.match(/<li>/g)).toHaveLength(5)
    const wrong = await world.page('/jobs/ctm?cron=every+20', { role: 'admin', status: 400 })
    expect(wrong).toContain('cron: expected a cron pattern of five fields')
    expect(await world.page(foreseen, { role: 'operator' })).not.toContain('reschedule')
  })

  test('pages through slots and accounts', async () => {
    await using world = await setup()
    const { database } = world.dashboard
    await database.query(
      `insert into slots (job, due_at, state, reason, settled_at)
       select 'ctm', date_trunc('second', now()) - n * interval '15 minutes', 'skipped', 'number ' || n, now() from generate_series(1, 14) n`,
    )
    for (let number = 10; number < 37; number += 1) await addAccount(database, 'ctm', `client-${number}`)
    const page = await world.page('/jobs/ctm')
    expect(page).toContain('number 12<')
    expect(page).not.toContain('number 13<')
    expect(page).toContain('1 to 25 of 27, the worst first')
    const [, earlier = ''] = /<a href="([^"]+)#job-slots">Earlier/.exec(page) ?? []
    const older = await world.page(earlier.replaceAll('&amp;', '&'))
    expect(older).toContain('number 13<')
    expect(older).not.toContain('number 12<')
    expect(await world.page('/jobs/ctm?accounts=2')).toContain('26 to 27 of 27')
  })
})
