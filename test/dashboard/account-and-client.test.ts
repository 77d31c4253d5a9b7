import { openIncident } from '../../src/ledger/gates/incidents'
import type { Role } from '../../src/ledger/users'
import { pause } from '../../src/runs/control/pause'
import { testDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

const script = '<script>alert("1")</script>'
const asText = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;'

const setup = async () => {
  const dashboard = await testDashboard()
  const { database } = dashboard
  const account = await addAccount(database, 'ctm', 'riverside', { name: script })
  const page = async (path: string, role: Role = 'viewer', status = 200) => {
    const agent = await dashboard.loggedIn(role)
    const { text } = await agent.get(path).set('Accept', 'text/html').expect(status)
    return text.replaceAll(/\s+/g, ' ')
  }
  return {
    dashboard,
    database,
    account,
    page,
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

describe('account page', () => {
  test('tells how it stands, what keeps it, how far its streams are, and no secret', async () => {
    await using world = await setup()
    const { database, account } = world
    await addRun(database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 600,
      took: 65,
      syncs: [{ account, state: 'failed' }],
    })
    await database.query(
      `update credentials set secrets = 'k1:the-sealed-secret', parked_at = now(), parked_reason = $1::text,
         probe_at = now() + interval '10 minutes', probes = 2`,
      [`refused ${script}`],
    )
    await database.query(
      `insert into breakers (scope, subject, failures, accounts, opened_at, probe_at, error_code, error_message)
       values ('account', $1::bigint::text, 5, array[$1::bigint], now(), now() + interval '1 minute', 'vendor_unavailable', 'it is down')`,
      [account],
    )
    await database.query(
      `insert into stream_states (account_id, stream, mode, cursor, position) values ($1, 'calls', 'live', $2, '{"page": 3}')`,
      [account, JSON.stringify({ through: '2026-11-21', last: script })],
    )
    await database.query(
      `insert into rejected_records (account_id, job, stream, mode, fingerprint, reason, record, first_sync_id, last_sync_id)
       values ($1, 'ctm', 'calls', 'live', 'x', 'no date', '{}', 1, 1)`,
      [account],
    )
    await openIncident(database, {
      kind: 'credential-parked',
      job: 'ctm',
      subject: 'credential ctm-key',
      message: 'somebody must log in again',
    })
    await pause(
      world.dashboard.ctx.tools,
      { scope: 'account', id: account },
      { by: { actor: 'ada', via: 'cli' }, reason: 'being moved' },
    )

    const page = await world.page(`/accounts/${account}`)
    expect(page).toContain('state-parked">parked</span> <small>credential parked: refused &lt;script&gt;')
    expect(page).toContain('after 2 in vain.')
    expect(page).toContain('5 failures in a row, the last: it is down.')
    expect(page).toContain('<td data-label="Cursor">2026-11-21</td>')
    expect(page).toContain('<td data-label="Position"><small>there is one</small></td>')
    expect(page).toContain('calls 1')
    expect(page).toContain('somebody must log in again')
    expect(page).toContain('The account is paused by ada')
    expect(page).toContain('<a href="/syncs/1">sync 1</a>')
    expect(page).toContain(asText)
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('the-sealed-secret')
    expect(page).not.toContain('method="post" action="/accounts')
    const inFull = await world.page(`/accounts/${account}`, 'operator')
    expect(inFull).toContain('<code>{&quot;last&quot;:&quot;&lt;script&gt;')
    expect(inFull).toContain('<code>{&quot;page&quot;:3}</code>')
    await world.page('/accounts/4711', 'viewer', 404)
    await world.page('/accounts/x', 'viewer', 404)
  })

  test('pages through its syncs, and offers to cancel the one under way', async () => {
    await using world = await setup()
    const { database, account } = world
    await database.query(
      `with run as (insert into runs (job, kind, mode, definition_version, requested_by, state, settled_at)
         select 'ctm', 'manual', 'live', 1, 'ada', 'ok', now() from generate_series(1, 16) returning id)
       insert into syncs (run_id, job, account_id, state, settled_at) select id, 'ctm', $1, 'ok', now() from run order by id`,
      [account],
    )
    await addRun(database, {
      job: 'ctm',
      state: 'running',
      startedAgo: 5,
      took: 1,
      syncs: [{ account, state: 'running' }],
    })
    const page = await world.page(`/accounts/${account}`, 'operator')
    expect(page).toContain('action="/syncs/17/cancel"')
    expect(page).toContain('>sync 3</a>')
    expect(page).not.toContain('>sync 2</a>')
    const older = await world.page(`/accounts/${account}?before=3`)
    expect(older).toContain('>sync 2</a>')
    expect(older).not.toContain('>sync 3</a>')
  })
})

describe('client page', () => {
  test('shows who it is and how its accounts stand over the jobs', async () => {
    await using world = await setup()
    const { database, account } = world
    await addAccount(database, 'cdk', 'riverside', { enabled: false })
    await addRun(database, {
      job: 'ctm',
      state: 'ok',
      startedAgo: 60,
      took: 5,
      syncs: [{ account, state: 'ok' }],
    })
    await database.query(`update clients set owner_email = $1`, [`owner${script}@example.com`])
    const page = await world.page('/clients/riverside')
    expect(page).toContain(`<h1>${asText} <small>riverside</small></h1>`)
    expect(page).toContain('America/Chicago')
    expect(page).toContain(`owner${asText}@example.com`)
    expect(page).toMatch(
      /<a href="\/jobs\/ctm">CTM<\/a>.*state-fresh">fresh.*<a href="\/jobs\/cdk">CDK<\/a>.*disabled/,
    )
    expect(page).not.toContain('<script>alert')
    await world.page('/clients/nobody', 'viewer', 404)
  })
})
