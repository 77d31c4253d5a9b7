import { moveStreamState } from '../../../src/ledger/streams/stream-states'
import { apiClient } from '../../support/api-client'
import { testDashboard, type TestDashboard } from '../../support/dashboard'
import { addAccount, addRun } from '../../support/fleet-history'

const setup = async () => {
  const dashboard = await testDashboard({
    checkAccounts: async function* (asked) {
      for (const { id: account, clientId: client, job, externalId } of asked)
        yield { account, client, job, externalId, ok: true, name: `${client} at the vendor`, findings: [] }
    },
  })
  const accounts = [
    await addAccount(dashboard.database, 'ctm', 'acme', { name: 'Acme Motors' }),
    await addAccount(dashboard.database, 'ctm', 'best', { name: 'Best Cars' }),
  ]
  return {
    dashboard,
    accounts,
    viewer: await apiClient(dashboard, 'viewer'),
    operator: await apiClient(dashboard, 'operator'),
    admin: await apiClient(dashboard, 'admin'),
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

const acts = async ({ database }: TestDashboard) => {
  const { rows } = await database.query<{ actor: string; act: string; reason: string | null }>(
    `select split_part(actor, '-', 1) as actor, action || ' ' || subject || ' ' || outcome as act, reason from audit_log
     where via = 'api' and origin is not null order by id`,
  )
  return rows.map(({ actor, act, reason }) => `${actor}: ${act}${reason === null ? '' : `: ${reason}`}`)
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString()
const ctm = { params: { job: 'ctm' } }

describe('the API', () => {
  test('tells how everything stands, each answer as its document says', async () => {
    await using api = await setup()
    const { viewer, admin, accounts, dashboard } = api
    const [acme = '', best = ''] = accounts
    await addRun(dashboard.database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 600,
      took: 60,
      syncs: [
        { account: acme, state: 'ok', inserted: 3 },
        { account: best, state: 'failed' },
      ],
    })
    const { rows } = await dashboard.database.query<{ id: string; runId: string }>(
      `select id, run_id as "runId" from syncs where state = 'failed'`,
    )
    const [{ id: sync, runId: run } = { id: '', runId: '' }] = rows
    await dashboard.database.query(
      `insert into rejected_records (account_id, job, stream, mode, fingerprint, reason, record, first_sync_id, last_sync_id)
       values ($1, 'ctm', 'calls', 'live', 'a', 'no id', '{"id": null}', $2, $2)`,
      [best, sync],
    )
    await dashboard.database.query(
      `insert into incidents (kind, subject, job, message) values ('run-long', 'run 8', 'ctm', 'it takes long')`,
    )
    await dashboard.database.query(
      `insert into attempts (sync_id, number, fence, outcome, worker, build, started_at, ended_at)
       values ($1, 1, 1, 'failed', 'a worker', 'a build', clock_timestamp(), clock_timestamp())`,
      [sync],
    )

    expect((await viewer('listJobs')).body.items).toHaveLength(9)
    expect((await viewer('showJob', ctm)).body).toMatchObject({
      id: 'ctm',
      lastRun: { id: run, state: 'partial' },
      freshness: { accounts: 2, fresh: 1 },
      openIncidents: 1,
    })
    expect((await viewer('listSlots', ctm)).body.items).toMatchObject([
      { state: 'ran', run: { ok: 1, syncs: 2 } },
    ])
    expect((await viewer('listNextSlots', ctm)).body.items).toHaveLength(10)
    const why = await viewer('askWhy', { ...ctm, query: { at: 'yesterday 06:00' } })
    expect(why.body.items).toMatchObject([{ outcome: 'unknown' }])
    expect((await viewer('listRuns', { query: { job: 'ctm' } })).body.items).toMatchObject([
      { id: run, rows: '3' },
    ])
    expect((await viewer('showRun', { params: { run } })).body).toMatchObject({ ok: 1, failed: 1 })
    expect((await viewer('listSyncsOfRun', { params: { run } })).body.items).toMatchObject([
      { state: 'ok' },
      { id: sync, state: 'failed', client: 'best' },
    ])
    const failed = await viewer('listSyncsOfRun', { params: { run }, query: { state: 'failed' } })
    expect(failed.body.items).toMatchObject([{ id: sync }])
    expect((await viewer('showSync', { params: { sync } })).body).toMatchObject({
      history: [{ worker: 'a worker' }],
    })
    expect((await viewer('listAccounts')).body.items).toMatchObject([{ client: 'acme' }, { client: 'best' }])
    const places = { cursor: { through: '2026-11-21', last: 'an id' }, position: { token: 'next' } }
    const state = { accountId: acme, stream: 'calls', mode: 'live' } as const
    await moveStreamState(dashboard.database, state, places)
    const account = { params: { account: acme } }
    expect((await viewer('showAccount', account)).body).toMatchObject({ client: 'acme' })
    expect((await viewer('showAccount', account)).body['streams']).toEqual({
      live: [{ stream: 'calls', cursor: { through: '2026-11-21' }, position: {} }],
      shadow: [],
    })
    expect((await api.operator('showAccount', account)).body['streams']).toMatchObject({
      live: [{ stream: 'calls', ...places }],
    })
    expect((await viewer('listClients')).body.items).toMatchObject([
      { name: 'Acme Motors' },
      { name: 'Best Cars' },
    ])
    expect((await viewer('showClient', { params: { client: 'acme' } })).body).toMatchObject({
      accounts: [{ id: acme }],
    })
    expect((await viewer('listDeadLetterGroups')).body.items).toMatchObject([{ syncs: 1 }])
    expect((await viewer('listDeadLetters', { query: { job: 'ctm' } })).body.items).toMatchObject([
      { syncId: sync },
    ])
    expect((await viewer('listRejectedRecords')).body.items).toMatchObject([{ reason: 'no id' }])
    expect((await viewer('listIncidents')).body.items).toMatchObject([{ message: 'it takes long' }])
    expect((await viewer('listCredentials')).body.items).toMatchObject([{ id: 'ctm-key', accounts: 2 }])
    expect((await viewer('searchAudit', { query: { text: 'token', limit: '2' } })).body.items).toHaveLength(2)
    expect((await viewer('showYou')).body).toMatchObject({ role: 'viewer' })
    expect((await admin('listUsers')).body.items).toHaveLength(3)
    expect((await admin('listTokens')).body.items).toHaveLength(3)
  })

  test('pauses and resumes everything, a job, a client and an account', async () => {
    await using api = await setup()
    const { operator, viewer, dashboard, accounts } = api
    const targets = [
      ['Everything', {}],
      ['Job', { job: 'google-ads' }],
      ['Client', { client: 'acme' }],
      ['Account', { account: accounts[0] ?? '' }],
    ] as const
    for (const [what, params] of targets) {
      const paused = await operator(`pause${what}`, { params, body: { reason: 'a move', until: inAnHour() } })
      expect(paused.body).toMatchObject({ reason: 'a move', endedAt: null })
    }
    expect((await viewer('listPauses')).body.items).toHaveLength(4)
    const refused = await operator('runJob', { params: { job: 'google-ads' } })
    expect([refused.status, refused.body['detail']]).toEqual([409, expect.stringContaining('a move')])
    for (const [what, params] of targets)
      expect((await operator(`resume${what}`, { params, body: {} })).body['endedAt']).not.toBeNull()
    expect((await viewer('listPauses')).body.items).toEqual([])
    expect((await viewer('listPauses', { query: { all: 'true' } })).body.items).toHaveLength(4)
    const done = await acts(dashboard)
    expect(done.filter((act) => act.startsWith('token:operator: pause'))).toHaveLength(4)
    expect(done).toContain('token:operator: pause job google-ads done: a move')
  })

  test('sets what the configuration says otherwise, and reverts it', async () => {
    await using api = await setup()
    const { admin, viewer, operator } = api
    const reason = 'a campaign'
    const schedule = await admin('rescheduleJob', {
      ...ctm,
      body: { cron: '*/20 * * * *', reason, until: inAnHour() },
    })
    expect(schedule.body).toMatchObject({ setting: 'schedule', value: { cron: '*/20 * * * *' } })
    await admin('setConcurrency', { ...ctm, body: { concurrency: 2, reason } })
    await admin('setRate', { ...ctm, body: { percent: 50, reason } })
    expect((await viewer('showJob', ctm)).body).toMatchObject({
      schedule: { cron: '*/20 * * * *' },
      declared: { schedule: { cron: '*/15 * * * *' } },
      concurrency: 2,
      ratePercent: 50,
    })
    expect((await viewer('listOverrides', { query: { job: 'ctm' } })).body.items).toHaveLength(3)
    const refused = await admin('rescheduleJob', { ...ctm, body: { cron: '61 * * * *', reason } })
    expect([refused.status, refused.body['detail']]).toEqual([422, expect.stringContaining('61')])
    for (const setting of ['schedule', 'concurrency', 'rate'])
      await admin('revertOverride', { params: { job: 'ctm', setting }, body: {} })
    expect((await viewer('showJob', ctm)).body).toMatchObject({ overrides: [], concurrency: 4 })
    expect((await operator('setRate', { ...ctm, body: { percent: 50, reason } })).status).toBe(403)
  })

  test('runs, cancels, retries and discards', async () => {
    await using api = await setup()
    const { operator, dashboard, accounts } = api
    const started = await operator('runJob', {
      ...ctm,
      body: { accounts: ['acme'], reason: 'asked by phone' },
    })
    expect(started).toMatchObject({ status: 201, body: { kind: 'run', job: 'ctm', queued: true } })
    const run = String(started.body['run'])
    const [sync] = (await operator('listSyncsOfRun', { params: { run } })).body.items
    expect(sync).toMatchObject({ client: 'acme', state: 'waiting' })
    const cancelled = await operator('cancelRun', { params: { run }, body: { reason: 'too early' } })
    expect(cancelled.body).toMatchObject({ ended: 1, left: 0, state: 'cancelled' })
    expect((await operator('cancelRun', { params: { run } })).status).toBe(409)
    const second = await operator('runAccount', { params: { account: accounts[1] ?? '' } })
    const [other] = (await operator('listSyncsOfRun', { params: { run: String(second.body['run']) } })).body
      .items
    const ended = await operator('cancelSync', { params: { sync: String(other?.['id']) } })
    expect(ended.body).toMatchObject({ ended: 1, state: 'cancelled' })

    await dashboard.database.query(
      `update syncs set state = 'failed', error_code = 'vendor_request', error_class = 'bug', settled_at = clock_timestamp()`,
    )
    const failed = { params: { sync: String(sync?.['id']) } }
    const retried = await operator('retrySync', { ...failed, body: { from: 'scratch' } })
    expect(retried.body).toMatchObject({ reopened: [{ sync: sync?.['id'] }], queued: true })
    expect((await operator('retrySync', failed)).status).toBe(409)
    const discarded = await operator('discardDeadLetters', {
      body: { job: 'ctm', reason: 'the client left' },
    })
    expect(discarded.body).toEqual({ discarded: [other?.['id']] })
    const all = await operator('retryDeadLetters', { body: { all: true } })
    expect(all.body).toMatchObject({ reopened: [], left: [] })
    expect(await acts(dashboard)).toEqual(
      expect.arrayContaining([
        'token:operator: run now job ctm done: asked by phone',
        `token:operator: cancel run run ${run} done: too early`,
        'token:operator: discard dead letters job ctm done: the client left',
      ]),
    )
  })

  test('begins, pauses, resumes and cancels backfills, checks accounts and starts them over', async () => {
    await using api = await setup()
    const { dashboard, operator, viewer, accounts } = api
    const days = { from: '2026-01-01', to: '2026-01-31' }
    const estimate = (await viewer('estimateBackfill', { ...ctm, body: { days } })).body
    expect(estimate).toMatchObject({ accounts: 2 })
    const begun = await operator('beginBackfill', {
      ...ctm,
      body: { days, accounts: ['acme'], reason: 'a gap' },
    })
    expect(begun).toMatchObject({ status: 201, body: { kind: 'backfill', days, estimate: { accounts: 1 } } })
    const params = { backfill: String(begun.body['backfill']) }
    expect((await operator('pauseBackfill', { params })).body).toMatchObject({ state: 'paused' })
    expect((await operator('resumeBackfill', { params })).body).toMatchObject({ state: 'running' })
    expect((await operator('cancelBackfill', { params })).body).toMatchObject({ state: 'cancelled' })
    expect((await operator('cancelBackfill', { params })).status).toBe(409)
    expect((await viewer('showBackfill', { params })).body).toMatchObject({
      state: 'cancelled',
      reason: 'a gap',
    })
    expect((await viewer('listBackfills')).body.items).toHaveLength(1)
    const account = { account: accounts[0] ?? '' }
    const checked = await operator('checkAccount', { params: account })
    expect(checked.body).toMatchObject({ ...account, ok: true, name: 'acme at the vendor', findings: [] })
    expect((await operator('checkAccount', { params: { account: '4711' } })).status).toBe(404)
    expect((await acts(dashboard)).slice(-2)).toEqual([
      `token:operator: check account account ${account.account} done`,
      'token:operator: check account /api/v1/accounts/4711/check refused: there is no account 4711; see `syncfleet accounts list`',
    ])
    const reread = await operator('rereadAccount', { params: account, body: { days: 3 } })
    expect(reread.body).toMatchObject({ kind: 'backfill', estimate: { accounts: 1 } })
    const resync = await operator('resyncAccount', { params: account, body: { reason: 'wrong rows' } })
    expect(resync.body).toMatchObject({ kind: 'run' })
    expect((await operator('breakLease', { params: account, body: { reason: 'it hangs' } })).status).toBe(409)
  })

  test('adds and removes users and tokens, and never tells their secrets', async () => {
    await using api = await setup()
    const { admin } = api
    const password = 'a long enough phrase'
    expect((await admin('addUser', { body: { name: 'ada', role: 'viewer', password } })).status).toBe(201)
    await admin('changeRole', { params: { user: 'ada' }, body: { role: 'operator' } })
    await admin('setPassword', { params: { user: 'ada' }, body: { password: `${password} too` } })
    await admin('endSessions', { params: { user: 'ada' } })
    expect((await admin('removeUser', { params: { user: 'ada' } })).body).toEqual({ user: 'ada' })
    expect((await admin('removeUser', { params: { user: 'ada' } })).status).toBe(404)
    const short = await admin('addUser', { body: { name: 'ada', role: 'viewer', password: 5 } })
    expect(short.body['errors']).toEqual([
      { field: 'body.password', expected: 'expected string', given: 'a value that is not shown' },
    ])
    const created = await admin('createToken', {
      body: { name: 'reports', role: 'viewer', until: inAnHour() },
    })
    expect(created.body['token']).toMatch(/^sft_[\w-]{43}$/)
    const listed = await admin('listTokens')
    expect(listed.body.items.map(({ name }) => name)).toContain('reports')
    expect(JSON.stringify(listed.body)).not.toContain(created.body['token'])
    expect((await admin('revokeToken', { params: { token: 'reports' } })).body).toMatchObject({
      state: 'revoked',
    })
  })
})
