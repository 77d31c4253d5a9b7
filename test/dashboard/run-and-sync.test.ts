import { recordWait } from '../../src/ledger/work/sync-waits'
import { only } from '../../src/lib/sql'
import { testDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

/** A run under way with a sync that failed once and waits for its vendor, one that is ok, and a dead letter. */
const setup = async () => {
  const dashboard = await testDashboard()
  const { database } = dashboard
  const accounts = [
    await addAccount(database, 'ctm', 'acme', { name: '<b>Acme</b>' }),
    await addAccount(database, 'ctm', 'bolt'),
    await addAccount(database, 'ctm', 'coda'),
  ] as const
  await addRun(database, {
    job: 'ctm',
    state: 'running',
    startedAgo: 600,
    took: 300,
    syncs: [
      { account: accounts[0], state: 'running' },
      { account: accounts[1], state: 'ok', inserted: 1234 },
      { account: accounts[2], state: 'failed' },
    ],
  })
  const ids = (await database.query<{ id: string }>('select id from syncs order by id')).rows.map(
    ({ id }) => id,
  )
  const [waiting = '', ok = '', dead = ''] = ids
  await database.query(
    `update syncs set state = 'waiting', reason = 'waiting for vendor until later', wait_until = clock_timestamp() + interval '1 hour',
       error_code = 'rate_limited', error_message = '<script>429</script>', attempts = 2, created_at = started_at,
       cursors = '{"calls": {"from": null, "to": "2026-11-21"}}' where id = $1`,
    [waiting],
  )
  await database.query(
    `insert into attempts (sync_id, number, fence, worker, build, outcome, error_code, error_message, started_at, ended_at, calls,
       limit_wait, waits_for, again_at)
     select id, 1, 1, 'host-1', 'build-1', 'failed', 'vendor_unavailable', '503', started_at + interval '10 s',
       started_at + interval '20 s', 41, 4000, 'backoff', started_at + interval '50 s' from syncs where id = $1
     union all
     select id, 2, 2, 'host-2', 'build-1', 'waiting', 'rate_limited', '429', started_at + interval '60 s',
       started_at + interval '90 s', 2, 0, 'vendor', wait_until from syncs where id = $1`,
    [waiting],
  )
  const page = async (path: string, role: 'viewer' | 'operator' = 'viewer') => {
    const agent = await dashboard.loggedIn(role)
    const { text } = await agent.get(path).set('Accept', 'text/html').expect(200)
    return text.replaceAll(/\s+/g, ' ')
  }
  const dispose = () => dashboard[Symbol.asyncDispose]()
  return { dashboard, database, waiting, ok, dead, page, [Symbol.asyncDispose]: dispose }
}

const textOf = (page: string): string => page.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

describe('run page', () => {
  test('sums up what the run has done and cost, and lists its syncs, those that need a look first', async () => {
    await using world = await setup()
    const page = await world.page('/runs/1')
    const text = textOf(page)
    expect(text).toContain('1 of 3 syncs ok')
    expect(text).toContain('43 calls to vendors')
    expect(text).toContain('4 s waited for vendors’ limits')
    expect(text).toMatch(/vendor_unavailable in 1 of 3 syncs/)
    expect(
      page.match(/href="\/syncs\/\d+">sync \d+<\/a><\/td>/g)?.map((link) => /\d+/.exec(link)?.[0]),
    ).toEqual([world.dead, world.waiting, world.ok])
    expect(page).toContain('&lt;b&gt;Acme')
    expect(page).not.toContain('<script>429')
    expect(page).toMatch(/href="\/queues\/queue\/runs\/repeat%3Actm%3A\d+"/)
    expect(page).not.toContain('Cancel this run')
  })

  test('shows the syncs in one state, a hundred at a time', async () => {
    await using world = await setup()
    await world.database.query(
      `with added as (
         insert into accounts (client_id, job, external_id, credential_id, timezone)
         select 'bolt', 'ctm', 'more-' || n, 'ctm-key', 'UTC' from generate_series(1, 150) n returning id)
       insert into syncs (run_id, job, account_id, state, settled_at) select 1, 'ctm', id, 'ok', now() from added`,
    )
    const links = async (path: string) => (await world.page(path)).match(/>sync \d+<\/a><\/td>/g)?.length
    expect(await links('/runs/1')).toBe(100)
    expect(await links('/runs/1?page=2')).toBe(53)
    expect(await links('/runs/1?state=ok&page=2')).toBe(51)
    expect(await links('/runs/1?state=failed')).toBe(1)
    expect(await world.page('/runs/1?state=ok')).toContain('href="/runs/1?state=ok&amp;page=2"')
  })

  test('cancels the run for an operator, and says what came of it', async () => {
    await using world = await setup()
    const agent = await world.dashboard.loggedIn('operator')
    const shown = await agent.get('/runs/1').set('Accept', 'text/html').expect(200)
    expect(shown.text).toContain('action="/runs/1/cancel"')
    const post = () => agent.post('/runs/1/cancel').type('form').send({ reason: 'wrong day' })
    await post().expect(303).expect('Location', '/runs/1')
    const { text } = await agent.get('/runs/1').set('Accept', 'text/html').expect(200)
    expect(text).toContain('Run 1 is cancelled: 1 ended, 2 were over before.')
    expect(textOf(text)).toContain('cancelled by operator: wrong day')
    const again = await post().set('Accept', 'text/html').expect(409)
    expect(again.text).toContain('run 1 is over')
    const acts = await world.database.query(
      `select actor, via, reason, outcome from audit_log where action = 'cancel run' order by id`,
    )
    expect(acts.rows).toMatchObject([
      { actor: 'operator', via: 'dashboard', reason: 'wrong day', outcome: 'done' },
      { actor: 'operator', via: 'dashboard', outcome: 'refused' },
    ])
  })
})

describe('sync page', () => {
  test('tells why it waits, what its time went on, what each attempt cost, and how its cursor moved', async () => {
    await using world = await setup()
    const page = await world.page(`/syncs/${world.waiting}`)
    const text = textOf(page)
    expect(text).toContain('waiting for vendor until later; rate_limited: &lt;script&gt;429')
    expect(text).toMatch(
      /10 s waiting for a worker .* 10 s attempt 1: failed, 4 s of it for the vendor&#39;s limits/,
    )
    expect(text).toMatch(
      /30 s backing off after a failure .* 30 s attempt 2: waiting .* waiting for the vendor until/,
    )
    expect(text).toMatch(/1 failed vendor_unavailable: 503 .* 41 4 s host-1 build-1/)
    expect(text).toContain('calls none 2026-11-21')
    expect(page).toMatch(/<rect class="part-backoff"/)
    expect(page).toContain(`href="/queues/queue/ctm/sync-${world.waiting}"`)
    expect(page).not.toContain('Cancel this sync')
  })

  test('shows the lines of its log, and says where there are none', async () => {
    await using world = await setup()
    const { queues } = world.dashboard
    const job = await queues.of('ctm').add('sync', {}, { jobId: `sync-${world.waiting}` })
    await job.log('first <line>')
    await job.log('second line')
    expect(textOf(await world.page(`/syncs/${world.waiting}`))).toContain(
      'Log first &lt;line&gt; second line',
    )
    expect(textOf(await world.page(`/syncs/${world.ok}`))).toContain('It has told nothing')
  })

  test('retries a dead letter from scratch, and refuses what is none', async () => {
    await using world = await setup()
    const agent = await world.dashboard.loggedIn('operator')
    const retry = (id: string) =>
      agent.post(`/syncs/${id}/retry`).type('form').send({ from: 'scratch', reason: 'fixed' })
    await retry(world.dead).expect(303).expect('Location', `/syncs/${world.dead}`)
    const { text } = await agent.get(`/syncs/${world.dead}`).set('Accept', 'text/html').expect(200)
    expect(text).toContain(`Sync ${world.dead} is tried again from scratch.`)
    expect(text).toContain(`action="/syncs/${world.dead}/cancel"`)
    expect(await world.dashboard.queues.of('ctm').getJob(`sync-${world.dead}`)).toBeDefined()
    await retry(world.ok).expect(409)
    await agent.get('/syncs/4711').set('Accept', 'text/html').expect(404)
    await agent.get('/runs/run-1').set('Accept', 'text/html').expect(404)
  })

  test('goes on with a wait that is met again, and begins another one after an attempt', async () => {
    await using world = await setup()
    const met = async (kind: 'lease' | 'breaker', reason: string) => {
      await recordWait(world.database, { syncId: world.waiting, kind, reason })
      const { rows } = await world.database.query<{ told: string }>(
        `select string_agg(kind || ' ' || reason, ', ' order by number) as told from sync_waits`,
      )
      return only({ rows }).told
    }
    expect(await met('lease', 'one')).toBe('lease one')
    expect(await met('lease', 'two')).toBe('lease two')
    expect(await met('breaker', 'open')).toBe('lease two, breaker open')
    await world.database.query(
      `insert into attempts (sync_id, number, fence, worker, build, started_at) values ($1, 3, 3, 'host', 'build', clock_timestamp())`,
      [world.waiting],
    )
    expect(await met('breaker', 'open')).toBe('lease two, breaker open, breaker open')
  })
})
