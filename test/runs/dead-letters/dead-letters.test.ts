import { listDeadLetters } from '../../../src/ledger/work/dead-letters'
import { minutes, seconds } from '../../../src/lib/durations'
import { carryOutCancellations } from '../../../src/runs/cancel/carry-out-cancellations'
import { queueRetried } from '../../../src/runs/dead-letters/dead-letters'
import { deadLetterWorld, job, nothingNew, signatureId } from '../../support/dead-letter-world'
import { parkByHand } from '../../support/ledger'
import { until } from '../../support/until'

describe('retryDeadLetters', () => {
  test('reopens a group and leaves the others', async () => {
    await using world = await deadLetterWorld(3)
    const { runId } = await world.run(['status 400', 'status 404', 'status 400'])
    const { reopened, superseded, left } = await world.retry({ signature: signatureId('status 400') })

    expect(reopened.map(({ syncId }) => syncId)).toEqual(['3', '1'])
    expect([superseded, left]).toEqual([[], []])
    expect(await world.states()).toEqual(['waiting', 'failed', 'waiting'])
    expect(await world.engine.sync('3')).toMatchObject({
      reason: 'retried by ada',
      error_code: null,
      error_signature: null,
      failures: 0,
    })
    expect(await world.engine.rows(`select state from runs where id = ${runId}`)).toEqual([
      { state: 'running' },
    ])
  })

  test('does not end the retry of one that failed as somebody was about to cancel it', async () => {
    await using world = await deadLetterWorld()
    await world.run(['status 400'])
    // Asked for while it ran, and not yet forgotten.
    await world.engine.database.query(
      `insert into cancellations (sync_id, requested_by, reason) values (1, 'ada', 'too late')`,
    )
    await world.retry({ job })
    await carryOutCancellations(world.engine.database, { patience: 0 })
    expect(await world.states()).toEqual(['waiting'])
  })

  test('supersedes one whose account is planned into a run at the same moment', async () => {
    await using world = await deadLetterWorld()
    await world.run(['status 400'])
    const { database } = world.engine
    const retried = await database.session(async (planner) => {
      await planner.query('begin')
      const { rows } = await planner.query<{ id: string }>(
        `insert into runs (job, kind, mode, requested_by, definition_version)
         select job, kind, mode, requested_by, definition_version from runs returning id`,
      )
      await planner.query(
        'insert into syncs (run_id, job, account_id) select $1, job, account_id from syncs where id = 1',
        [rows[0]?.id],
      )
      const retrying = world.retry({ job })
      await until('the retry waits for the place', async () => {
        const waiting = await database.query(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update syncs set state%waiting%'
             and application_name = current_setting('application_name')`,
        )
        return waiting.rowCount > 0
      })
      await planner.query('commit')
      return retrying
    })
    expect(retried).toMatchObject({ reopened: [], superseded: [{ syncId: '1' }], left: [] })
  })

  test('queues them in place of the BullMQ jobs that failed, and they end well', async () => {
    await using world = await deadLetterWorld()
    await world.run(['status 400'])
    const before = await world.bullJob('1')
    await queueRetried(world.syncJobs, await world.retry({ job }))
    const after = await world.bullJob('1')
    expect(await after?.getState()).toBe('waiting')
    expect(after?.timestamp).toBeGreaterThanOrEqual(before?.timestamp ?? Infinity)

    expect(await world.engine.attempt('1', nothingNew)).toMatchObject({
      kind: 'done',
      result: { state: 'ok' },
    })
    expect(await world.groups()).toEqual([])
  })

  test('spreads their starts by the rate, in the ledger and in the queue', async () => {
    await using world = await deadLetterWorld(3)
    await world.run(['status 400', 'status 400', 'status 400'])
    const retried = await world.retry({}, { interval: minutes(10) })
    await queueRetried(world.syncJobs, retried)

    expect(await world.startsIn('3')).toBeNull()
    // However long the retry itself took, the second start is ten minutes after the first.
    const began = (await world.bullJob('3'))?.timestamp ?? 0
    for (const [syncId, due] of [
      ['2', minutes(10)],
      ['1', minutes(20)],
    ] as const) {
      const bullJob = await world.bullJob(syncId)
      expect(await bullJob?.getState()).toBe('delayed')
      expect(bullJob?.opts.delay).toBeGreaterThan(due - minutes(5))
      expect(bullJob?.opts.delay).toBeLessThanOrEqual(due)
      expect(bullJob?.timestamp).toBeGreaterThanOrEqual(began)
      expect((await world.startsIn(syncId)) ?? 0).toBeLessThanOrEqual(due / seconds(1))
    }
    expect((await world.startsIn('1')) ?? 0).toBeGreaterThan((await world.startsIn('2')) ?? 0)
    // Their run's deadline does not pass while they wait for their turn.
    expect(
      await world.engine.rows(
        `select r.reopened_at > s.wait_until - interval '1 minute' as late from runs r, syncs s where s.id = 1`,
      ),
    ).toEqual([{ late: true }])
  })

  test('is finished by the watchdog where it died between ledger and queue, each at its time', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    await world.syncJobs.remove(['1', '2'].map((syncId) => ({ syncId, job })))
    await world.retry({}, { interval: minutes(30) })
    await world.watch()

    expect(await (await world.bullJob('2'))?.getState()).toBe('waiting')
    const later = await world.bullJob('1')
    expect(await later?.getState()).toBe('delayed')
    expect(later?.opts.delay).toBeGreaterThan(minutes(25))
    expect(later?.opts.delay).toBeLessThanOrEqual(minutes(30))
  })

  test('goes on at the position, or from scratch but never before the cursor', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    const [first, second] = world.engine.accounts
    for (const mode of ['live', 'shadow'])
      await world.database.query(
        `insert into stream_states (account_id, stream, mode, cursor, position)
         select account_id, 'orders', $2, '5', '9' from unnest($1::bigint[]) account_id`,
        [[first, second], mode],
      )
    await world.database.query(
      `insert into seen_records (sync_id, stream, key) values (1, 'cars', '["a"]'), (2, 'cars', '["a"]')`,
    )
    await world.retry({ syncIds: ['1'] })
    await world.retry({ syncIds: ['2'] }, { from: 'scratch' })

    expect(
      await world.engine.rows('select account_id, mode, cursor, position from stream_states order by 1, 2'),
    ).toEqual([
      { account_id: first, mode: 'live', cursor: 5, position: 9 },
      { account_id: first, mode: 'shadow', cursor: 5, position: 9 },
      { account_id: second, mode: 'live', cursor: 5, position: null },
      { account_id: second, mode: 'shadow', cursor: 5, position: 9 },
    ])
    expect(await world.engine.rows('select sync_id from seen_records')).toEqual([{ sync_id: '1' }])
    expect(await world.engine.sync('2')).toMatchObject({ reason: 'retried from scratch by ada' })
  })

  test('ends those as superseded that have nothing left to fetch, and removes their BullMQ jobs', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    await world.run([undefined, 'status 400'])
    const retried = await world.retry()
    await queueRetried(world.syncJobs, retried)

    // Of the two of the second account, the latest is retried.
    expect(retried.reopened.map(({ syncId }) => syncId)).toEqual(['4'])
    expect(retried.superseded.map(({ syncId }) => syncId)).toEqual(['2', '1'])
    expect(await world.states()).toEqual(['superseded', 'superseded', 'ok', 'waiting'])
    expect(await world.bullJob('1')).toBeUndefined()
  })

  test('leaves those whose account is parked or disabled, and says so', async () => {
    await using world = await deadLetterWorld(3)
    await world.run(['status 400', 'status 400', 'status 400'])
    const [first, second] = world.engine.accounts
    await parkByHand(world.database, 'accounts', first ?? '', 'the vendor does not know it')
    await world.database.query('update accounts set enabled = false where id = $1', [second])

    const { reopened, left } = await world.retry()
    expect(reopened.map(({ syncId }) => syncId)).toEqual(['3'])
    expect(left).toEqual([
      { syncId: '2', why: 'its account is disabled' },
      { syncId: '1', why: expect.stringMatching(/parked.*: the vendor does not know it$/) },
    ])
    expect(await world.states()).toEqual(['failed', 'failed', 'waiting'])
    // Asked of in Bull Board, it says the same as before.
    expect(await world.engine.attempt('1', nothingNew)).toMatchObject({ kind: 'dead' })
  })

  test('leaves a trail of what was asked and what came of it', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    await parkByHand(world.database, 'accounts', world.engine.accounts[0] ?? '', 'closed')
    await world.retry({ job }, { reason: 'mended', interval: 500, from: 'scratch' })
    await world.retry({ syncIds: ['1'] })

    const act = { actor: 'ada', via: 'cli', action: 'retry dead letters' }
    const many = { ...act, subject: `job ${job}`, reason: 'mended' }
    const one = { ...act, subject: 'sync 1', reason: null }
    expect(await world.acts()).toEqual([
      { ...many, after: { from: 'scratch', interval: 500, syncs: 2 }, outcome: 'asked' },
      {
        ...many,
        after: { from: 'scratch', interval: 500, syncs: 2, reopened: 1, superseded: 0, left: 1 },
        outcome: 'done',
      },
      { ...one, after: { from: 'position', interval: 0, syncs: ['1'] }, outcome: 'asked' },
      {
        ...one,
        after: { from: 'position', interval: 0, syncs: ['1'], reopened: 0, superseded: 0, left: 1 },
        outcome: 'failed',
      },
    ])
  })

  test('does nothing, and says nothing in the audit log, where there is nothing to retry', async () => {
    await using world = await deadLetterWorld()
    await world.run([undefined])
    expect(await world.retry()).toEqual({ reopened: [], superseded: [], left: [] })
    expect(await world.acts()).toEqual([])
  })

  test('stops between two when it is told to', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    await expect(world.retry({}, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    expect(await world.states()).toEqual(['failed', 'failed'])
    expect(await world.acts()).toMatchObject([
      { outcome: 'asked' },
      { outcome: 'failed', after: { reopened: 0 } },
    ])
  })

  test('retries a dead letter once, however many ask at the same time', async () => {
    await using world = await deadLetterWorld(4)
    await world.run(['status 400', 'status 400', 'status 400', 'status 400'])
    const asked = await Promise.all([world.retry(), world.retry(), world.discard({}), world.retry()])
    const counted = asked.flatMap((one) =>
      'reopened' in one ? one.reopened.map(({ syncId }) => syncId) : [],
    )
    expect(new Set(counted).size).toBe(counted.length)
    expect(await world.groups()).toEqual([])
  })
})

describe('discardDeadLetters', () => {
  test('sets them aside with who and why, to be seen by those who ask', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 404'])
    expect(await world.discard({ signature: signatureId('status 400') })).toEqual([{ syncId: '1', job }])

    expect(await world.groups()).toMatchObject([{ signature: signatureId('status 404') }])
    expect(await world.groups({ discarded: true })).toMatchObject([{ signature: signatureId('status 400') }])
    expect(await listDeadLetters(world.database, { discarded: true, limit: 5 })).toMatchObject([
      { syncId: '1', discardedBy: 'ada', discardReason: 'the client left' },
    ])
    expect(await world.retry()).toMatchObject({ reopened: [{ syncId: '2' }] })
    expect((await world.acts())[0]).toEqual({
      actor: 'ada',
      via: 'cli',
      action: 'discard dead letters',
      subject: `dead letters ${signatureId('status 400')}`,
      after: { discarded: 1 },
      reason: 'the client left',
      outcome: 'done',
    })
  })

  test('can be taken back by a retry of that very sync, also in Bull Board', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    await world.discard({})
    expect(await world.retry({ syncIds: ['1'] })).toMatchObject({ reopened: [{ syncId: '1' }] })
    await world.engine.attempt('2', nothingNew)

    expect(await world.engine.sync('1')).toMatchObject({
      state: 'waiting',
      discarded_at: null,
      discarded_by: null,
    })
    expect(await world.engine.sync('2')).toMatchObject({ state: 'ok', discarded_at: null })
  })
})
