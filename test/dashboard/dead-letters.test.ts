import { insertRun } from '../../src/ledger/work/runs'
import { syncBullId } from '../../src/queue/bull-jobs'
import { testDashboard } from '../support/dashboard'
import { someAccounts } from '../support/ledger'

const script = '<script>alert(1)</script>'

/** Three accounts of CTM whose syncs failed: two in one way, one in another. */
const setup = async () => {
  const dashboard = await testDashboard()
  const { database } = dashboard
  const accounts = await someAccounts(database, 'ctm', 3)
  const facts = {
    job: 'ctm',
    kind: 'manual',
    mode: 'live',
    definitionVersion: 1,
    requestedBy: 'ann',
  } as const
  const run = await insertRun(database, facts)
  const { rows } = await database.query<{ id: string }>(
    `insert into syncs (run_id, job, account_id, state, error_class, error_code, error_message, error_signature, settled_at)
     select $1, 'ctm', id, 'failed', 'bug', 'vendor_request', $3 || ' ' || id,
       case when id = $4::bigint then 'bbb' else 'aaa' end, clock_timestamp()
     from unnest($2::bigint[]) id order by id returning id`,
    [run?.id, accounts, script, accounts[2]],
  )
  await database.query("update runs set state = 'partial', settled_at = clock_timestamp()")
  return {
    ...dashboard,
    accounts,
    syncIds: rows.map(({ id }) => id),
    states: async () =>
      (
        await database.query<{ told: string }>(
          `select state || case when discarded_by is null then '' else ' discarded: ' || discard_reason end as told
         from syncs order by id`,
        )
      ).rows.map(({ told }) => told),
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

describe('the page of dead letters', () => {
  test('shows kinds, and the syncs of one, as text; who only looks is offered nothing and may do nothing', async () => {
    await using world = await setup()
    const viewer = await world.loggedIn('viewer')
    const kinds = await viewer.get('/dead-letters').expect(200)
    expect(kinds.text).toContain('&lt;script&gt;')
    expect(kinds.text).not.toContain(script)
    expect(kinds.text).toContain('href="/dead-letters?job=ctm&amp;signature=aaa"')
    expect(kinds.text).not.toContain('action="/dead-letters')

    const one = await viewer.get('/dead-letters?job=ctm&signature=aaa').expect(200)
    for (const link of [
      `/syncs/${world.syncIds[0]}`,
      `/accounts/${world.accounts[0]}`,
      '/clients/ctm-client-2',
    ])
      expect(one.text).toContain(`href="${link}"`)
    expect(one.text).not.toContain(`/syncs/${world.syncIds[2]}`)
    expect((await viewer.get('/dead-letters?job=cdk').expect(200)).text).toContain('no dead letters of cdk')
    for (const act of ['retry', 'discard'])
      await viewer.post(`/dead-letters/${act}`).type('form').send({ reason: 'x' }).expect(403)
    expect(await world.states()).toEqual(['failed', 'failed', 'failed'])
  })

  test('retries what is ticked, in the ledger and in its queue, and says what it came to once', async () => {
    await using world = await setup()
    const operator = await world.loggedIn('operator')
    const form = { which: 'ticked', job: 'ctm', signature: 'aaa', from: 'scratch', rate: '10/min' }
    await operator.post('/dead-letters/retry').type('form').send(form).expect(409)
    await operator
      .post('/dead-letters/retry')
      .type('form')
      .send({ ...form, rate: 'often', syncs: world.syncIds[1] })
      .expect(400)
    const done = await operator
      .post('/dead-letters/retry')
      .type('form')
      .send({ ...form, syncs: world.syncIds[1] })
      .expect(303)

    expect(done.headers['location']).toBe('/dead-letters?job=ctm&signature=aaa')
    expect((await operator.get('/dead-letters').expect(200)).text).toContain('1 reopened.')
    expect((await operator.get('/dead-letters').expect(200)).text).not.toContain('1 reopened.')
    expect(await world.states()).toEqual(['failed', 'waiting', 'failed'])
    expect(await world.queues.of('ctm').getJob(syncBullId(world.syncIds[1] ?? ''))).toBeDefined()
    const { rows } = await world.database.query<object>(
      "select actor, via, subject, after->>'from' as how from audit_log where action = 'retry dead letters' and outcome = 'done'",
    )
    expect(rows).toEqual([
      { actor: 'operator', via: 'dashboard', subject: `sync ${world.syncIds[1]}`, how: 'scratch' },
    ])
  })

  test('discards a kind for a reason only, and shows what was discarded', async () => {
    await using world = await setup()
    const operator = await world.loggedIn('operator')
    const form = { which: 'all', job: 'ctm', signature: 'aaa' }
    await operator.post('/dead-letters/discard').type('form').send(form).expect(422)
    await operator
      .post('/dead-letters/discard')
      .type('form')
      .send({ ...form, reason: 'they left' })
      .expect(303)
    expect(await world.states()).toEqual([
      'failed discarded: they left',
      'failed discarded: they left',
      'failed',
    ])
    const { text } = await operator.get('/dead-letters?discarded=1').expect(200)
    expect(text).toContain('signature=aaa&amp;discarded=1')
    expect(text).not.toContain('signature=bbb')
  })
})

describe('the page of rejected records', () => {
  test('counts them by reason, shows each as text, filters and pages', async () => {
    await using world = await setup()
    await world.database.query(
      `insert into rejected_records (account_id, job, stream, mode, fingerprint, reason, record, times, first_sync_id, last_sync_id)
       select account_id, 'ctm', 'calls', 'live', int4send(number),
         'duration: expected a whole number, got text of ' || number || ' characters',
         jsonb_build_object('note', $1::text), 2, id, id
       from syncs, generate_series(1, 30) number where id = any ($2::bigint[])`,
      [script, world.syncIds.slice(0, 2)],
    )
    const viewer = await world.loggedIn('viewer')
    const all = (await viewer.get('/rejected').expect(200)).text
    expect(all).toContain('met 120 times, 2 accounts')
    expect(all).not.toContain(script)
    expect(all.match(/<pre>/g)).toHaveLength(50)
    const next = /href="(\/rejected\?before=\d+)"/.exec(all)?.[1] ?? ''
    expect((await viewer.get(next).expect(200)).text.match(/<pre>/g)).toHaveLength(10)

    const [account = ''] = world.accounts
    const ofAccount = (await viewer.get(`/rejected?account=${account}&job=ctm`).expect(200)).text
    expect(ofAccount.match(/<pre>/g)).toHaveLength(30)
    expect(ofAccount).toContain('met 60 times, one account')
    const ofReason = await viewer.get('/rejected?reason=nothing+like+it').expect(200)
    expect(ofReason.text).toContain('No record was set aside.')
    const ofSync = await viewer.get(`/rejected?sync=${world.syncIds[1]}`).expect(200)
    expect(ofSync.text.match(/<pre>/g)).toHaveLength(30)
    await viewer.get('/rejected?account=x&before=y&sync=99999999999999999').expect(200)
  })
})
