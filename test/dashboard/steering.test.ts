import type { Context } from '../../src/dashboard/context'
import { openOverrides } from '../../src/ledger/control/overrides'
import { openPauses } from '../../src/ledger/control/pauses'
import { moveStreamState, streamStates } from '../../src/ledger/streams/stream-states'
import type { Role } from '../../src/ledger/users'
import { keys } from '../../src/queue/keys'
import { testDashboard } from '../support/dashboard'
import { addAccount } from '../support/fleet-history'

type Fields = Readonly<Record<string, string | readonly string[]>>

const setup = async (changes: Partial<Context> = {}) => {
  const dashboard = await testDashboard(changes)
  const { database } = dashboard
  const account = await addAccount(database, 'ctm', 'riverside')
  const agents = new Map<Role, Awaited<ReturnType<typeof dashboard.loggedIn>>>()
  /** Sends a form as a browser does, and returns what the next page says of it. */
  const send = async (path: string, fields: Fields = {}, role: Role = 'operator') => {
    const agent = agents.get(role) ?? (await dashboard.loggedIn(role))
    agents.set(role, agent)
    const sent = await agent.post(path).type('form').send(fields)
    if (sent.status !== 303) return { status: sent.status, text: sent.text, to: undefined }
    const to = sent.headers['location']
    const { text } = await agent.get('/clients/riverside').set('Accept', 'text/html')
    return { status: 303, to, text: /role="status">([^<]*)</.exec(text)?.[1] ?? '' }
  }
  const acts = async () => {
    const { rows } = await database.query<{ act: string; reason: string | null }>(
      `select concat_ws(' ', actor, via, action, subject, outcome) as act, reason from audit_log
       where action <> 'log in' order by id`,
    )
    return rows
  }
  return {
    dashboard,
    database,
    account,
    send,
    acts,
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

describe('the forms', () => {
  test('of a job run it, read days again, pause it and resume it, each with an audit row and a notice', async () => {
    await using world = await setup()
    const { send, acts, database } = world
    const started = await send('/jobs/ctm/run-now', {
      accounts: 'riverside',
      streams: 'calls',
      reason: 'asked by phone',
    })
    expect(started).toMatchObject({ status: 303, to: '/runs/1', text: 'Run 1 of CTM started.' })
    const days = await send('/jobs/ctm/run-now', { accounts: ' ', from: '2026-03-01', to: '2026-03-02' })
    expect(days).toMatchObject({
      to: '/jobs/ctm#job-runs',
      text: expect.stringMatching(/^Backfill 1 of CTM is planned: 2026-03-01 to 2026-03-02, /),
    })
    const backfill = await send('/jobs/ctm/backfill', { from: '2026-03-01', to: '2026-03-02' })
    expect(backfill.text).toContain('Backfill 2 of CTM is planned')
    const until = { until: '2046-11-23T06:00', timezone: 'America/Chicago' }
    const paused = await send('/jobs/ctm/pause', { reason: 'they move house', ...until })
    expect(paused).toMatchObject({ to: '/jobs/ctm', text: 'CTM is paused until Fri 23 Nov, 12:00 UTC.' })
    expect(await openPauses(database)).toMatchObject([
      { scope: 'job', subject: 'ctm', pausedBy: 'operator', until: new Date('2046-11-23T12:00:00Z') },
    ])
    expect((await send('/jobs/ctm/run-now')).status).toBe(409)
    expect((await send('/jobs/ctm/resume')).text).toBe('CTM goes on.')
    expect(await acts()).toEqual([
      { act: 'operator dashboard run now job ctm done', reason: 'asked by phone' },
      { act: 'operator dashboard backfill job ctm done', reason: null },
      { act: 'operator dashboard backfill job ctm done', reason: null },
      { act: 'operator dashboard pause job ctm done', reason: 'they move house' },
      {
        act: 'operator dashboard run now /jobs/ctm/run-now refused',
        reason: expect.stringContaining('they move house'),
      },
      { act: 'operator dashboard resume job ctm done', reason: null },
    ])
  })

  test('of a job set its schedule and limits instead of the configuration, for administrators only', async () => {
    await using world = await setup()
    const { send, acts, database } = world
    const schedule = { cron: '*/20 * * * *', zone: 'America/Chicago' }
    expect((await send('/jobs/ctm/reschedule', { ...schedule, reason: 'less' })).status).toBe(403)
    const made = await send('/jobs/ctm/reschedule', { ...schedule, reason: 'less' }, 'admin')
    expect(made.text).toBe(
      'CTM runs every 20 minutes (*/20 * * * * in America/Chicago) until somebody reverts it.',
    )
    expect(
      (await send('/jobs/ctm/concurrency', { concurrency: '2', reason: 'gently' }, 'admin')).text,
    ).toContain('CTM: 2 syncs at once in each worker until somebody reverts it.')
    expect((await send('/jobs/ctm/rate', { percent: '50', reason: 'gently' }, 'admin')).text).toContain(
      'CTM: 50 % of the vendor&#39;s limits',
    )
    expect((await send('/jobs/ctm/revert', { setting: 'rate' }, 'admin')).text).toBe(
      'The rate of CTM is as configured again.',
    )
    expect((await openOverrides(database)).map(({ setting }) => setting)).toEqual(['concurrency', 'schedule'])
    expect((await acts()).map(({ act }) => act)).toEqual([
      'operator dashboard reschedule /jobs/ctm/reschedule refused',
      'admin dashboard reschedule job ctm done',
      'admin dashboard set concurrency job ctm done',
      'admin dashboard set rate job ctm done',
      'admin dashboard revert job ctm done',
    ])
  })

  test('of an account check, run, re-read, re-sync, pause and resume it, and break its lease', async () => {
    const asked: string[] = []
    await using world = await setup({
      checkAccounts: async function* (accounts) {
        for (const { id, clientId: client, job, externalId } of accounts) {
          asked.push(id)
          yield { account: id, client, job, externalId, ok: false, findings: ['credential refused'] }
        }
      },
    })
    const { send, acts, account, database, dashboard } = world
    const at = `/accounts/${account}`
    expect((await send(`${at}/check`)).text).toBe(`Account ${account}: credential refused.`)
    expect(asked).toEqual([account])
    expect((await send(`${at}/reread`, { days: '7' })).text).toMatch(/^Backfill 1 of CTM is planned: /)
    await moveStreamState(database, { accountId: account, stream: 'calls', mode: 'live' }, { cursor: 'far' })
    expect((await send(`${at}/resync`, { reason: 'lost rows' })).text).toContain(
      'is read anew from the beginning, by run 1',
    )
    expect((await streamStates(database, account, 'live')).filter(({ cursor }) => cursor !== null)).toEqual(
      [],
    )
    expect((await send(`${at}/run-now`)).text).toContain('had nothing to do')
    expect((await send(`${at}/pause`, { reason: 'moving' })).text).toBe(
      `Account ${account} is paused until somebody resumes it.`,
    )
    expect((await send(`${at}/resume`)).text).toBe(`Account ${account} goes on.`)
    await dashboard.redis.set(keys(dashboard.prefix).lease(account), '1/7')
    expect((await send(`${at}/break-lease`, { reason: 'hangs' })).text).toContain(
      `Sync 1 has lost the lease of account ${account}`,
    )
    expect((await acts()).map(({ act }) => act)).toEqual([
      `operator dashboard check account account ${account} done`,
      'operator dashboard backfill job ctm done',
      `operator dashboard full re-sync account ${account} done`,
      'operator dashboard run now job ctm done',
      `operator dashboard pause account ${account} done`,
      `operator dashboard resume account ${account} done`,
      `operator dashboard break lease account ${account} done`,
    ])
  })

  test('of a client and of everything pause and resume', async () => {
    await using world = await setup()
    const { send, acts } = world
    expect((await send('/clients/riverside/pause', { reason: 'contract ends' })).to).toBe(
      '/clients/riverside',
    )
    expect((await send('/pause', { reason: 'storm' })).text).toBe(
      'Everything is paused until somebody resumes it.',
    )
    expect((await send('/resume')).text).toBe('Everything goes on.')
    expect((await send('/clients/riverside/resume')).text).toBe('Client riverside goes on.')
    expect((await acts()).map(({ act }) => act)).toEqual([
      'operator dashboard pause client riverside done',
      'operator dashboard pause everything done',
      'operator dashboard resume everything done',
      'operator dashboard resume client riverside done',
    ])
  })

  test('tell what is wrong with a field, what was given and what is expected, and keep what was typed', async () => {
    await using world = await setup()
    const { send, acts } = world
    const wrong = await send('/jobs/ctm/rate', { percent: '150<b>', reason: 'more' }, 'admin')
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain(
      'percent: expected a whole number from 1 to 100, got &quot;150&lt;b&gt;&quot;.',
    )
    expect(wrong.text).toContain('action="/jobs/ctm/rate"')
    expect(wrong.text).toContain('name="reason" value="more"')
    expect(await send('/jobs/ctm/pause', { reason: ' ' })).toMatchObject({
      status: 422,
      text: expect.stringContaining('reason'),
    })
    expect((await send('/jobs/ctm/backfill', { from: 'soon', to: '2026-03-01' })).text).toContain(
      'from: expected a calendar day such as 2026-03-08, got &quot;soon&quot;',
    )
    const misspelt = await send('/jobs/ctm/run-now', { accounts: 'riversid', reason: 'late' })
    expect(misspelt.text).toContain('no account of ctm is named riversid; did you mean riverside?')
    expect(misspelt.text).toContain('name="accounts" value="riversid"')
    expect((await send('/jobs/nothing/pause', { reason: 'x' })).status).toBe(404)
    expect((await acts()).filter(({ act }) => act.endsWith('done'))).toEqual([])
  })
})
