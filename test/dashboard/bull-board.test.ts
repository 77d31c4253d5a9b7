import { buildHistoryRoutes, appRoutes } from '@bull-board/api/dist/routes.js'
import { Worker } from 'bullmq'
import { decidedRoutes, accessTo } from '../../src/dashboard/bull-board/access'
import { openOverrides } from '../../src/ledger/control/overrides'
import { openPauses } from '../../src/ledger/control/pauses'
import { isAtLeast, roles, type Role } from '../../src/ledger/users'
import { only } from '../../src/lib/sql'
import { syncBullId, tickBullId } from '../../src/queue/bull-jobs'
import { connect } from '../../src/queue/connection'
import { quiet, testDashboard, type TestDashboard } from '../support/dashboard'
import { addAccount } from '../support/fleet-history'
import { testUrl } from '../support/redis'

const history = buildHistoryRoutes(
  { getHistory: async () => [], getLatency: async () => [] },
  { hasUsage: false, canPurge: false, hasLatency: true },
)
const routes = [...appRoutes.api, ...history].flatMap(({ method, route }) =>
  [method].flat().flatMap((verb) => [route].flat().map((template) => ({ verb, template }))),
)

const fails = () => Promise.reject(new Error('made to fail'))

/**
 * A job scheduler, and in the queue of CTM: sync 1, which failed and is a dead letter, and sync 2, which waits; each the only one
 * of its run.
 */
async function populate({ database, queues, prefix }: TestDashboard): Promise<void> {
  await queues.runs.upsertJobScheduler('ctm', { pattern: '0 5 * * *', tz: 'UTC' }, { name: 'tick', data: {} })
  const failed = await addAccount(database, 'ctm', 'riverside')
  const waiting = await addAccount(database, 'ctm', 'northgate')
  for (const [account, state] of [
    [failed, 'failed'],
    [waiting, 'waiting'],
  ]) {
    await database.query(
      `with run as (
         insert into runs (job, kind, mode, requested_by, state, definition_version, settled_at)
         values ('ctm', 'manual', 'live', 'ada', case $2 when 'failed' then 'partial' else 'running' end, 1,
           case $2 when 'failed' then now() end) returning id)
       insert into syncs (run_id, job, account_id, state, started_at, settled_at, error_class, error_code, error_message, error_signature)
       select id, 'ctm', $1, $2, now(), case $2 when 'failed' then now() end, 'bug', case $2 when 'failed' then 'vendor_request' end,
         'no such field', 'x' from run`,
      [account, state],
    )
  }
  const connection = connect({ url: testUrl('TEST_REDIS_URL'), prefix, role: 'worker', name: 'test' }, quiet)
  const worker = new Worker('ctm', fails, { connection, prefix })
  const hasFailed = new Promise((resolve) => worker.once('failed', resolve))
  await queues.of('ctm').add('sync', { syncId: '1' }, { jobId: syncBullId('1') })
  await hasFailed
  await worker.close()
  connection.disconnect()
  await queues.of('ctm').add('sync', { syncId: '2' }, { jobId: syncBullId('2') })
}

const addressOf = (template: string): string =>
  template
    .replace(':queueName', template.includes('job-schedulers/') ? 'runs' : 'ctm')
    .replace(':jobId', 'sync-1')
    .replace(':schedulerId', 'ctm')
    .replace(':queueStatus', 'failed')

const acts = async ({ database }: TestDashboard) => {
  const { rows } = await database.query<{
    actor: string
    action: string
    outcome: string
    reason: string | null
  }>(
    "select actor, action, subject, after, reason, outcome, origin from audit_log where via = 'bull-board' order by id",
  )
  return rows
}

const setup = async (role: Role = 'operator') => {
  const dashboard = await testDashboard()
  await populate(dashboard)
  const { database, queues } = dashboard
  const agent = await dashboard.loggedIn(role)
  return {
    dashboard,
    database,
    queues,
    put: async (path: string) => agent.put(`/queues/api/queues/${path}`),
    patch: async (path: string, body: object) => agent.patch(`/queues/api/queues/${path}`).send(body),
    get: async (path: string) => agent.get(`/queues/api/${path}`),
    sync: async (id: string) =>
      only(
        await database.query<{ state: string; reason: string | null; discarded: string | null }>(
          `select state, reason, discarded_by as discarded from syncs where id = $1`,
          [id],
        ),
      ),
    lastAct: async () => (await acts(dashboard)).at(-1),
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

describe('Bull Board', () => {
  test('has no route that nobody decided on, and every decision has its route', () => {
    expect(routes.map(({ verb, template }) => `${verb} ${template}`).toSorted()).toEqual(
      decidedRoutes.toSorted(),
    )
  })

  test.each(roles)(
    'does for a %s what is allowed, refuses the rest, and records every write',
    async (role) => {
      await using dashboard = await testDashboard()
      await populate(dashboard)
      const agent = await dashboard.loggedIn(role)
      for (const { verb, template } of routes) {
        const before = (await acts(dashboard)).length
        const write = verb !== 'get'
        const access = accessTo(verb, template)
        const allowed = 'atLeast' in access && isAtLeast(role, access.atLeast)
        const asked = agent[verb](`/queues${addressOf(template)}`)
        const { status, body } = write ? await asked.send({}) : await asked
        const recorded = (await acts(dashboard)).slice(before)
        expect([verb, template, status !== 403]).toEqual([verb, template, allowed])
        expect(allowed ? '' : body.message).toMatch(allowed ? '' : /^[A-Z].*\.$/)
        const expected = !write ? [] : allowed ? [role] : [`${role} refused`]
        const told = recorded.map(({ actor, outcome }) => (allowed ? actor : `${actor} ${outcome}`))
        expect([template, [...new Set(told)]]).toEqual([template, expected])
      }
    },
  )

  test('pauses and resumes in the ledger what is paused and resumed there', async () => {
    await using board = await setup()
    expect((await board.put('ctm/pause')).status).toBe(200)
    expect(await openPauses(board.database)).toMatchObject([
      { scope: 'job', subject: 'ctm', pausedBy: 'operator', reason: 'done in Bull Board' },
    ])
    expect(await board.queues.of('ctm').isPaused()).toBe(true)
    expect(await board.lastAct()).toMatchObject({ actor: 'operator', action: 'pause', subject: 'job ctm' })
    await board.put('ctm/resume')
    await board.put('pause')
    expect(await openPauses(board.database)).toMatchObject([{ scope: 'everything' }])
    await board.put('runs/resume')
    expect(await openPauses(board.database)).toEqual([])
    const refused = await board.put('ctm/resume')
    expect([refused.status, refused.body.message]).toEqual([
      409,
      expect.stringContaining('job ctm is not paused'),
    ])
    expect(await board.lastAct()).toMatchObject({ action: 'resume', outcome: 'refused' })
  })

  test('overrides the schedule that is edited, and pauses the job whose schedule is removed', async () => {
    await using board = await setup('admin')
    const edited = await board.patch('runs/job-schedulers/ctm', { pattern: '*/20 * * * *', tz: 'UTC' })
    expect(edited.status).toBe(204)
    expect(await openOverrides(board.database)).toMatchObject([
      { job: 'ctm', setting: 'schedule', value: { cron: '*/20 * * * *', timezone: 'UTC' }, madeBy: 'admin' },
    ])
    const wrong = await board.patch('runs/job-schedulers/ctm', { pattern: 'now and then' })
    expect([wrong.status, wrong.body.message]).toEqual([422, expect.stringContaining('now and then')])
    expect((await board.patch('runs/job-schedulers/ctm', { every: 1000 })).status).toBe(422)
    await board.put('runs/job-schedulers/ctm/remove')
    expect(await openPauses(board.database)).toMatchObject([
      { subject: 'ctm', reason: 'its schedule was removed in Bull Board' },
    ])
    expect(await board.queues.runs.getJobScheduler('ctm')).toBeDefined()
  })

  test('runs a job by hand whose schedule is triggered or whose tick is promoted, and leaves the tick alone', async () => {
    await using board = await setup()
    const { next } = (await board.queues.runs.getJobScheduler('ctm')) ?? {}
    const { body } = await board.put('runs/job-schedulers/ctm/run')
    expect(body.job.id).toBe('run-3')
    const tick = tickBullId('ctm', new Date(next ?? 0))
    expect((await board.put(`runs/${tick}/promote`)).status).toBe(204)
    const { rows } = await board.database.query(
      `select requested_by as by, reason from runs where id > 2 order by id`,
    )
    expect(rows).toEqual([1, 2].map(() => ({ by: 'operator', reason: 'done in Bull Board' })))
    expect(await (await board.queues.runs.getJob(tick))?.getState()).toBe('delayed')
    expect((await board.put('ctm/sync-2/promote')).body.message).toBe(
      'Waits are set by the fleet and by vendors.',
    )
  })

  test('retries dead letters, one and all, under the name of who did', async () => {
    await using board = await setup()
    expect((await board.put('ctm/sync-1/retry')).status).toBe(204)
    expect(await board.sync('1')).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('operator'),
    })
    expect(await (await board.queues.of('ctm').getJob('sync-1'))?.getState()).toBe('waiting')
    const again = await board.put('ctm/sync-1/retry')
    expect([again.status, again.body.message]).toEqual([
      409,
      'sync 1 is waiting: only a failed one can be retried',
    ])
    await board.database.query(
      `update syncs set state = 'failed', error_code = 'vendor_request', settled_at = now() where id = 1`,
    )
    expect((await board.put('ctm/retry/failed')).body).toEqual({ retried: 1, skipped: 0 })
    const refused = await board.put('ctm/retry/completed')
    expect([refused.status, refused.body.message]).toEqual([403, 'Only failed jobs are retried all at once.'])
  })

  test('cancels what is removed or drained while it waits, and discards dead letters that are cleaned away', async () => {
    await using board = await setup()
    expect((await board.put('ctm/sync-2/clean')).status).toBe(204)
    expect(await board.sync('2')).toMatchObject({ state: 'cancelled' })
    await board.database.query(`update syncs set state = 'waiting', settled_at = null where id = 2`)
    await board.put('ctm/empty')
    expect(await board.sync('2')).toMatchObject({ state: 'cancelled' })
    expect(await board.lastAct()).toMatchObject({
      action: 'cancel syncs',
      subject: 'job ctm',
      after: { syncs: 1 },
    })
    await board.put('ctm/clean/failed')
    expect(await board.sync('1')).toMatchObject({ state: 'failed', discarded: 'operator' })
    expect((await board.put('ctm/clean/completed')).status).toBe(200)
    const noRun = await board.put('runs/clean/delayed')
    expect([noRun.status, noRun.body.message]).toEqual([409, expect.stringContaining('pause a job instead')])
    expect(await board.queues.runs.getJobScheduler('ctm')).toBeDefined()
  })

  test('draws its charts from the ledger, and links its jobs to our pages', async () => {
    await using board = await setup()
    const [from, to] = [Date.now() - 3_600_000, Date.now() + 3_600_000]
    const { body } = await board.get(`metrics/history?queue=ctm&from=${from}&to=${to}&granularity=hour`)
    expect([body.completed, body.failed]).toEqual([[], [{ ts: expect.any(Number), value: 1 }]])
    const took = await board.get(`metrics/latency?metric=runtime&from=${from}&to=${to}&granularity=day`)
    expect(took.body).toMatchObject([{ count: 1, values: { 50: expect.any(Number) } }])
    const job = await board.get('queues/ctm/sync-1')
    expect(job.body.job.externalUrl).toEqual({ displayText: 'Syncfleet', href: '/syncs/1' })
  })

  test('does nothing that cannot be recorded', async () => {
    await using board = await setup()
    await board.database.query('alter table audit_log rename to away')
    expect((await board.put('ctm/sync-1/retry')).status).toBe(500)
    expect((await board.put('ctm/pause')).status).toBe(500)
    expect(await board.sync('1')).toMatchObject({ state: 'failed' })
    expect(await openPauses(board.database)).toEqual([])
  })

  test('believes no client that says who it is', async () => {
    await using dashboard = await testDashboard()
    await populate(dashboard)
    const agent = await dashboard.loggedIn('viewer')
    const claim = encodeURIComponent(JSON.stringify({ name: 'admin', role: 'admin' }))
    await agent.put('/queues/api/queues/ctm/sync-1/retry').set('x-syncfleet-visitor', claim).expect(403)
    expect((await acts(dashboard)).at(-1)).toMatchObject({ actor: 'viewer', outcome: 'refused' })
    const origins = `select 1 from audit_log where via = 'bull-board' and origin is null`
    expect((await dashboard.database.query(origins)).rows).toEqual([])
  })

  test('lists the ten queues in plain words, without buttons for viewers', async () => {
    await using dashboard = await testDashboard()
    const asViewer = (await (await dashboard.loggedIn('viewer')).get('/queues/api/queues').expect(200)).body
      .queues
    const asOperator = (await (await dashboard.loggedIn('operator')).get('/queues/api/queues').expect(200))
      .body.queues
    expect(asViewer).toHaveLength(10)
    expect(asViewer[0]).toMatchObject({ name: 'runs', displayName: 'Runs', readOnlyMode: true })
    expect(asOperator[5]).toMatchObject({ name: 'ctm', displayName: 'CTM', readOnlyMode: false })
  })
})
