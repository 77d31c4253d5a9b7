import { NotReadyError, QuotaError, VendorAuthError, VendorRequestError } from '../../../src/job/errors'
import { hours, minutes } from '../../../src/lib/durations'
import { GatedJob } from '../../support/gated-job'

describe('watchFollowUps', () => {
  const deferredWorld = async (accounts: number) => {
    const world = await GatedJob.open(accounts)
    world.answer = () => new NotReadyError('the extract takes long', minutes(40))
    const { syncIds } = await world.engine.plan()
    await world.attempts(syncIds)
    world.answer = () => undefined
    return world
  }

  test('takes up accounts whose vendor asked for a long wait, in one run, once the wait is over', async () => {
    await using world = await deferredWorld(3)
    const { engine } = world
    await world.watch()
    expect(await world.followUps()).toEqual([])

    await world.dueNow()
    await world.watch()
    await world.watch()
    const [run, ...others] = await world.followUps()
    expect(others).toEqual([])
    expect(await engine.rows(`select kind, state, reason from runs where id = ${run}`)).toEqual([
      { kind: 'follow-up', state: 'running', reason: '3 accounts held up before' },
    ])
    expect(await engine.queues.runs.getJob(`run-${run}`)).toBeDefined()
    expect(world.told('follow-up started')).toBe(1)
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
    await world.watch()
    expect(await world.followUps()).toEqual([run])
  })

  test('leaves alone what another run has taken up since, and what one is reading now', async () => {
    await using world = await deferredWorld(2)
    await world.dueNow()
    const { syncIds } = await world.engine.plan()
    await world.attempt(syncIds[0] ?? '')
    await world.watch()
    expect(await world.followUps()).toEqual([])
    await world.attempt(syncIds[1] ?? '')
    await world.watch()
    expect(await world.followUps()).toEqual([])
    expect(await world.engine.rows('select not_before from accounts where not_before is not null')).toEqual(
      [],
    )
  })

  test('keeps what is owed while the job is off or an account is disabled', async () => {
    await using world = await deferredWorld(2)
    await world.engine.database.query('update accounts set enabled = false where id = $1', [
      world.engine.accounts[0],
    ])
    await world.dueNow()
    await world.watch({ mode: 'off' })
    expect(await world.followUps()).toEqual([])
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(world.engine.accounts.slice(1))
    await world.engine.database.query('update accounts set enabled = true')
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(world.engine.accounts)
  })

  test('closes the incident of what no enabled account stands for any more', async () => {
    await using world = await GatedJob.open(2)
    world.answer = () => new VendorAuthError('revoked')
    await world.attempts((await world.engine.plan()).syncIds)
    await world.engine.database.query('update accounts set enabled = false where id = $1', [
      world.engine.accounts[0],
    ])
    await world.watch()
    expect(await world.engine.rows('select closing from incidents')).toEqual([{ closing: null }])
    await world.engine.database.query('update accounts set enabled = false')
    await world.watch()
    await world.watch()
    expect(await world.engine.rows('select closing from incidents')).toEqual([
      { closing: 'no enabled account is behind it any more' },
    ])
    expect(world.told('incident closed: no enabled account is behind it any more')).toBe(1)
  })

  test('does not take up a dead letter', async () => {
    await using world = await GatedJob.open(1)
    world.answer = () => new VendorRequestError('400')
    await world.attempts((await world.engine.plan()).syncIds)
    await world.dueNow()
    await world.watch()
    expect(await world.followUps()).toEqual([])
  })

  test('plans nothing twice when two leaders act at once', async () => {
    await using world = await deferredWorld(5)
    await world.dueNow()
    await Promise.all([world.watch(), world.watch()])
    expect(await world.open()).toHaveLength(5)
    expect(await world.engine.rows(`select 1 from syncs where state = 'skipped'`)).toEqual([])
  })
})

describe('an account whose quota is used up', () => {
  const setup = async () => {
    const world = await GatedJob.open(1)
    world.answer = () => new QuotaError('the daily allowance is used up', hours(5))
    await world.attempts((await world.engine.plan()).syncIds)
    return world
  }

  test('ends partial with what is written, and goes on after the reset', async () => {
    await using world = await setup()
    const { engine } = world
    expect(await engine.rows('select state, reason from syncs')).toEqual([
      { state: 'partial', reason: 'the daily allowance is used up; the account rests for 5 h' },
    ])
    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(engine.accounts)
  })

  test('is skipped by the clock’s runs and synced at once for a person, who has a reserve', async () => {
    await using world = await setup()
    const { engine } = world
    const { runId } = await engine.planSlot()
    expect(await engine.rows(`select state, reason from syncs where run_id = ${runId}`)).toEqual([
      { state: 'skipped', reason: expect.stringMatching(/^waiting for vendor until .* UTC$/) },
    ])
    world.answer = () => undefined
    await world.attempts((await engine.plan()).syncIds)
    expect(await world.read()).toEqual(engine.accounts)
  })
})

test('a person’s run waits like any other where the vendor asked for a long wait', async () => {
  await using world = await GatedJob.open(1)
  world.answer = () => new NotReadyError('the extract takes long', minutes(40))
  await world.attempts((await world.engine.plan()).syncIds)
  expect((await world.engine.plan()).syncIds).toEqual([])
})
