import { appRoutes } from '@bull-board/api/dist/routes.js'
import { Worker } from 'bullmq'
import { decidedRoutes } from '../../src/dashboard/bull-board-access'
import { roles, type Role } from '../../src/ledger/users'
import { connect } from '../../src/queue/connection'
import { quiet, testDashboard, type TestDashboard } from '../support/dashboard'
import { testUrl } from '../support/redis'

const allowedWrites = [
  'put /api/queues/:queueName/:jobId/retry',
  'put /api/queues/:queueName/retry/:queueStatus',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run',
]

const routes = appRoutes.api.flatMap(({ method, route }) =>
  [method].flat().flatMap((verb) => [route].flat().map((template) => ({ verb, template }))),
)

const fails = () => Promise.reject(new Error('made to fail'))

/** A failed job in the queue of CTM, and a job scheduler. */
async function populate({ queues, prefix }: TestDashboard): Promise<void> {
  await queues.runs.upsertJobScheduler('ctm', { pattern: '0 5 * * *', tz: 'UTC' }, { name: 'tick', data: {} })
  const connection = connect({ url: testUrl('TEST_REDIS_URL'), prefix, role: 'worker', name: 'test' }, quiet)
  const worker = new Worker('ctm', fails, { connection, prefix })
  const failed = new Promise((resolve) => worker.once('failed', resolve))
  await queues.of('ctm').add('sync', {}, { jobId: 'sync-1' })
  await failed
  await worker.close()
  connection.disconnect()
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
    "select actor, action, subject, after, reason, outcome from audit_log where via = 'bull-board' order by id",
  )
  return rows
}

describe('Bull Board', () => {
  test('has no route that nobody decided on, and every decision has its route', () => {
    expect(routes.map(({ verb, template }) => `${verb} ${template}`).toSorted()).toEqual(
      decidedRoutes.toSorted(),
    )
  })

  test.each(roles)(
    'does for a %s what is allowed, refuses the rest, and records every write',
    async (role: Role) => {
      await using dashboard = await testDashboard()
      await populate(dashboard)
      const agent = await dashboard.loggedIn(role)
      for (const { verb, template } of routes) {
        const before = (await acts(dashboard)).length
        const write = verb !== 'get'
        const allowed = !write || (role !== 'viewer' && allowedWrites.includes(`${verb} ${template}`))
        const asked = agent[verb](`/queues${addressOf(template)}`)
        const { status, body } = write ? await asked.send({}) : await asked
        const recorded = (await acts(dashboard)).slice(before)
        expect([verb, template, status !== 403]).toEqual([verb, template, allowed])
        expect(allowed ? '' : body.message).toMatch(allowed ? '' : /^[A-Z].*\.$/)
        expect(recorded.map(({ actor, outcome }) => `${actor} ${outcome}`)).toEqual(
          !write
            ? []
            : allowed
              ? [`${role} asked`, `${role} ${status < 300 ? 'done' : 'failed'}`]
              : [`${role} refused`],
        )
      }
    },
  )

  test('puts a failed job back into its queue', async () => {
    await using dashboard = await testDashboard()
    await populate(dashboard)
    const agent = await dashboard.loggedIn('operator')
    await agent.put('/queues/api/queues/ctm/sync-1/retry').expect(204)
    expect(await dashboard.queues.of('ctm').getJobCounts('waiting', 'failed')).toEqual({
      waiting: 1,
      failed: 0,
    })
  })

  test('retries all failed jobs, and not the completed ones', async () => {
    await using dashboard = await testDashboard()
    await populate(dashboard)
    const agent = await dashboard.loggedIn('operator')
    const refused = await agent.put('/queues/api/queues/ctm/retry/completed').expect(403)
    expect(refused.body.message).toBe('Only failed jobs are retried all at once.')
    const done = await agent.put('/queues/api/queues/ctm/retry/failed').expect(200)
    expect(done.body.retried).toBe(1)
    expect((await acts(dashboard)).at(-1)).toMatchObject({ outcome: 'done', after: { retried: 1 } })
  })

  test('runs a schedule now, and names what came of it', async () => {
    await using dashboard = await testDashboard()
    await populate(dashboard)
    const agent = await dashboard.loggedIn('operator')
    const { body } = await agent.put('/queues/api/queues/runs/job-schedulers/ctm/run').expect(200)
    expect(await dashboard.queues.runs.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 1, delayed: 1 })
    expect((await acts(dashboard)).at(-1)).toMatchObject({
      actor: 'operator',
      subject: 'runs/ctm',
      after: { bullJob: body.job.id },
    })
  })

  test('records a write that could not be done as failed', async () => {
    await using dashboard = await testDashboard()
    const agent = await dashboard.loggedIn('operator')
    await agent.put('/queues/api/queues/ctm/sync-404/retry').expect(404)
    expect((await acts(dashboard)).map(({ outcome }) => outcome)).toEqual(['asked', 'failed'])
  })

  test('does nothing that cannot be recorded', async () => {
    await using dashboard = await testDashboard()
    await populate(dashboard)
    const agent = await dashboard.loggedIn('operator')
    await dashboard.database.query('alter table audit_log rename to away')
    await agent.put('/queues/api/queues/ctm/sync-1/retry').expect(500)
    expect(await dashboard.queues.of('ctm').getJobCounts('waiting', 'failed')).toEqual({
      waiting: 0,
      failed: 1,
    })
  })

  test('believes no client that says who it is', async () => {
    await using dashboard = await testDashboard()
    await populate(dashboard)
    const agent = await dashboard.loggedIn('viewer')
    const claim = encodeURIComponent(JSON.stringify({ name: 'admin', role: 'admin' }))
    await agent.put('/queues/api/queues/ctm/sync-1/retry').set('x-syncfleet-visitor', claim).expect(403)
    expect((await acts(dashboard)).at(-1)).toMatchObject({ actor: 'viewer', outcome: 'refused' })
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
