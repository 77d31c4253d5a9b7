import { VendorAuthError, VendorConfigError, VendorUnavailableError } from '../../../src/job/errors'
import { upsertAccount } from '../../../src/ledger/accounts/accounts'
import { unparkCredential } from '../../../src/ledger/accounts/credentials'
import { hours, minutes } from '../../../src/lib/durations'
import { deferred } from '../../support/deferred'
import { GatedJob } from '../../support/gated-job'

const revoked = () => new VendorAuthError('the token was revoked')

describe('a credential that the vendor refuses', () => {
  test('is one event, however many accounts have it, and all are read by themselves once it works again', async () => {
    await using world = await GatedJob.open(30)
    const { engine } = world
    world.answer = revoked
    const { runId, syncIds } = await engine.plan()
    await world.attempts(syncIds)

    const states = await engine.rows('select state, count(*)::int as count from syncs group by 1 order by 1')
    expect(states).toEqual([
      { state: 'failed', count: 1 },
      { state: 'skipped', count: 29 },
    ])
    expect(await engine.rows(`select state from runs where id = ${runId}`)).toEqual([{ state: 'partial' }])
    expect(world.told('credential parked')).toBe(1)
    expect(await world.incidents()).toEqual([
      expect.objectContaining({
        kind: 'credential-parked',
        subject: 'credential key-dealertrend',
        job: 'dealertrend',
        closedAt: null,
      }),
    ])

    // Still refused: the one that tries it is no dead letter, and nothing is told.
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await engine.rows(`select count(*)::int from syncs where state = 'failed'`)).toEqual([
      { count: 1 },
    ])
    expect(world.told('credential parked')).toBe(1)

    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    const tries = await world.open()
    expect(tries).toHaveLength(1)
    await world.attempts(tries)
    expect(world.told('credential resumed')).toBe(1)
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
    expect(await world.incidents()).toEqual([
      expect.objectContaining({ closedAt: expect.any(Date), heldUp: 29 }),
    ])
    await world.watch()
    expect(await world.open()).toEqual([])
  })

  test('says to those that were under way beside it since when, why and by whom it was found', async () => {
    await using world = await GatedJob.open(2)
    const { syncIds } = await world.engine.plan()
    const [first = '', second = ''] = syncIds
    const begun = deferred()
    const parked = deferred()
    const late = world.engine.attempt(second, async function* ({ streams: { orders } }) {
      begun.resolve()
      await parked.promise
      yield orders.page([])
      throw revoked()
    })
    await begun.promise
    world.answer = revoked
    await world.attempt(first)
    parked.resolve()
    expect(await late).toMatchObject({ kind: 'done', result: { state: 'skipped' } })
    expect(await world.engine.sync(second)).toMatchObject({
      state: 'skipped',
      reason: expect.stringMatching(
        new RegExp(`^credential parked since .* UTC: the token was revoked \\(found by sync ${first}\\)$`),
      ),
    })
    expect(await world.incidents()).toEqual([expect.objectContaining({ times: 2 })])
  })

  test('is tried after a quarter of an hour, then after twice as long each time, up to a limit', async () => {
    await using world = await GatedJob.open(1)
    const { engine } = world
    world.answer = revoked
    await world.attempts((await engine.plan()).syncIds)
    const pause = async () => {
      const [row] = await engine.rows(
        'select extract(epoch from probe_at - clock_timestamp())::float8 * 1000 as pause from credentials',
      )
      return Math.ceil(Number(row?.['pause']) / minutes(15)) * minutes(15)
    }
    const pauses = [await pause()]
    for (let index = 0; index < 3; index += 1) {
      await world.dueNow()
      await world.watch()
      await world.attempts(await world.open())
      pauses.push(await pause())
    }
    expect(pauses).toEqual([minutes(15), minutes(30), hours(1), hours(1)])
  })

  test('is not tried before its time, nor twice at once, nor while its job is off', async () => {
    await using world = await GatedJob.open(3)
    world.answer = revoked
    await world.attempts((await world.engine.plan()).syncIds)
    await world.watch()
    expect(await world.open()).toEqual([])
    await world.dueNow()
    await world.watch({ mode: 'off' })
    expect(await world.open()).toEqual([])
    await world.watch()
    await world.dueNow()
    await world.watch()
    expect(await world.open()).toHaveLength(1)
  })

  test('is tried again after a try that vanished', async () => {
    await using world = await GatedJob.open(3)
    world.answer = revoked
    await world.attempts((await world.engine.plan()).syncIds)
    await world.dueNow()
    await world.watch()
    const [lost] = await world.open()
    await world.engine.database.query(
      `update syncs set state = 'cancelled', settled_at = clock_timestamp() where id = $1`,
      [lost],
    )
    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    const [next] = await world.open()
    expect(next).not.toBe(lost)
    await world.attempt(next ?? '')
    expect(world.told('credential resumed')).toBe(1)
  })

  test('keeps out everybody but the sync that tries it', async () => {
    await using world = await GatedJob.open(2)
    const { engine } = world
    world.answer = revoked
    await world.attempts((await engine.plan()).syncIds)
    await world.dueNow()
    await world.watch()
    const { runId, syncIds } = await engine.plan()
    expect(syncIds).toEqual([])
    expect(await engine.rows(`select distinct state from syncs where run_id = ${runId}`)).toEqual([
      { state: 'skipped' },
    ])
  })

  test('has its accounts read again after a person has set it anew', async () => {
    await using world = await GatedJob.open(3)
    const { engine } = world
    world.answer = revoked
    await world.attempts((await engine.plan()).syncIds)
    world.answer = () => undefined
    await engine.database.transaction((sql) => unparkCredential(sql, 'key-dealertrend'))
    await world.watch()
    expect(await world.followUps()).toHaveLength(1)
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
    expect(await world.incidents()).toEqual([
      expect.objectContaining({ closing: 'the credential was set anew', heldUp: 3 }),
    ])
  })

  test('has no account read again that a later run has read already', async () => {
    await using world = await GatedJob.open(2)
    const { engine } = world
    world.answer = revoked
    await world.attempts((await engine.plan()).syncIds)
    world.answer = () => undefined
    await engine.database.transaction((sql) => unparkCredential(sql, 'key-dealertrend'))
    await world.attempts((await engine.plan()).syncIds)
    await world.watch()
    expect(await world.followUps()).toEqual([])
  })
})

describe('an account that is set up wrongly', () => {
  const wrong = (accountId: string) => (id: string) =>
    id === accountId ? new VendorConfigError('no such account') : undefined

  test('is parked alone, and tried by itself until it works', async () => {
    await using world = await GatedJob.open(2)
    const { engine } = world
    const [first = ''] = engine.accounts
    world.answer = wrong(first)
    await world.attempts((await engine.plan()).syncIds)
    expect(await world.read()).toEqual(engine.accounts.slice(1))
    expect(await world.incidents()).toEqual([
      expect.objectContaining({ kind: 'account-parked', subject: `account ${first}`, closedAt: null }),
    ])
    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
    expect([world.told('account parked'), world.told('account resumed')]).toEqual([1, 1])
    await world.watch()
    expect(await world.open()).toEqual([])
  })

  test('is un-parked, and read, once it is imported with a change', async () => {
    await using world = await GatedJob.open(1)
    const { engine } = world
    const [only = ''] = engine.accounts
    world.answer = wrong(only)
    await world.attempts((await engine.plan()).syncIds)
    world.answer = () => undefined
    await engine.database.transaction((sql) =>
      upsertAccount(sql, {
        client: 'dealertrend-client-1',
        job: 'dealertrend',
        externalId: '1001',
        credential: 'key-dealertrend',
        timezone: 'America/New_York',
        enabled: true,
        settings: {},
      }),
    )
    expect(await world.incidents()).toEqual([expect.objectContaining({ closing: 'the account was changed' })])
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual([only])
  })

  test('is tried together with its credential where both are parked and it is the only one', async () => {
    await using world = await GatedJob.open(1)
    const { engine } = world
    const [only = ''] = engine.accounts
    world.answer = wrong(only)
    await world.attempts((await engine.plan()).syncIds)
    world.answer = revoked
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect([world.told('account parked'), world.told('credential parked')]).toEqual([1, 1])
    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual([only])
    expect((await world.incidents()).every(({ closedAt }) => closedAt !== null)).toBe(true)
  })

  test('stays parked when the try of it fails for another reason', async () => {
    await using world = await GatedJob.open(1, { attempts: 1 })
    const { engine } = world
    const [only = ''] = engine.accounts
    world.answer = wrong(only)
    await world.attempts((await engine.plan()).syncIds)
    world.answer = () => new VendorUnavailableError('503')
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await engine.rows('select parked_reason from accounts')).toEqual([
      { parked_reason: 'no such account' },
    ])
  })
})
