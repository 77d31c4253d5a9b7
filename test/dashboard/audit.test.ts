import { recordAct } from '../../src/ledger/audit'
import { testDashboard } from '../support/dashboard'

const setup = async () => {
  const dashboard = await testDashboard()
  const agent = await dashboard.loggedIn('viewer')
  const { database } = dashboard
  await recordAct(database, {
    actor: 'eve',
    via: 'cli',
    origin: 'ops-1',
    action: 'change role',
    subject: 'job ctm',
    before: { role: 'viewer' },
    after: { role: '<script>alert(1)</script>' },
    reason: '=HYPERLINK("evil")',
    outcome: 'done',
  })
  return { database, agent, [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose]() }
}

describe('audit page', () => {
  test('tells who did what, from where, why and what it changed, as text', async () => {
    await using world = await setup()
    const { text } = await world.agent.get('/audit?actor=eve&text=alert').expect(200)
    expect(text).toContain('by cli from ops-1')
    expect(text).toContain('role: viewer → &lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).toContain('<a href="/jobs/ctm">job ctm</a>')
    expect(text).not.toContain('log in</td>')
    expect(text).toContain('href="/audit.csv?actor=eve&amp;text=alert"')
  })

  test('goes on page by page, and refuses what it cannot read', async () => {
    await using world = await setup()
    await world.database.query(
      `insert into audit_log (actor, via, action, subject, outcome)
       select 'many', 'system', 'step ' || n, 'fleet', 'done' from generate_series(1, 60) n`,
    )
    const first = await world.agent.get('/audit?actor=many').expect(200)
    const steps = (text: string) => [...text.matchAll(/>step (\d+)</g)].map(([, n]) => Number(n))
    const [, next = ''] = /href="(\/audit\?[^"]*before=\d+)"/.exec(first.text) ?? []
    const second = await world.agent.get(next.replaceAll('&amp;', '&')).expect(200)
    expect([...steps(first.text), ...steps(second.text)]).toHaveLength(60)
    expect(second.text).not.toContain('before=')
    const refused = await world.agent.get('/audit?from=whenever').set('Accept', 'text/html').expect(400)
    expect(refused.text).toContain('“whenever” cannot be read')
    await world.agent.get('/audit?outcome=none').expect(400)
  })
})

describe('audit export', () => {
  test('has all rows that fit, and nothing that a spreadsheet would carry out', async () => {
    await using world = await setup()
    const csv = await world.agent.get('/audit.csv?actor=eve').expect(200)
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename=audit-[\d-]+\.csv$/)
    const [head, line, end] = csv.text.split('\r\n')
    expect(head).toBe('id,at,actor,via,origin,action,subject,outcome,reason,before,after')
    expect(line).toContain(`,done,"'=HYPERLINK(""evil"")","{""role"":""viewer""}",`)
    expect(end).toBe('')

    await world.database.query(
      `insert into audit_log (actor, via, action, subject, outcome)
       select 'many', 'system', 'step', 'fleet', 'done' from generate_series(1, 1500)`,
    )
    const { text } = await world.agent.get('/audit.jsonl?actor=many').buffer(true).expect(200)
    const rows = text
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row) as { actor: string })
    expect(rows).toHaveLength(1500)
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['many']))
  })
})
