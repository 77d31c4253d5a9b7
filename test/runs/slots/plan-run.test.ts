import type { Database } from '../../../src/ledger/postgres/database'
import { slotHistory } from '../../../src/ledger/slots/slot-history'
import { listRuns } from '../../../src/ledger/work/runs'
import { hours, minutes } from '../../../src/lib/durations'
import { parseWeekWindow } from '../../../src/lib/week-windows'
import { JobOffError, planRequestedRun, planSlot } from '../../../src/runs/slots/plan-run'
import { testDatabase } from '../../support/database'
import { someAccounts } from '../../support/ledger'
import { madeUpJob } from '../../support/made-up-job'

describe('planSlot', () => {
  let database: Database
  beforeEach(async () => {
    database = await testDatabase()
    await someAccounts(database, 'dealertrend', 3)
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  const due = new Date()

  test('makes slot, run and syncs once, however often and at once it is called', async () => {
    const planned = await Promise.all([1, 2, 3, 4].map(() => planSlot(database, madeUpJob(), due)))
    expect(planned.filter((result) => 'fresh' in result && result.fresh)).toHaveLength(1)
    expect(await listRuns(database, { limit: 10 })).toMatchObject([{ kind: 'slot', syncs: 3, dueAt: due }])
    expect(await slotHistory(database, { job: 'dealertrend', limit: 10 })).toMatchObject([{ state: 'ran' }])
  })

  test('settles a slot that is too late, or whose job is off, without a run', async () => {
    const late = new Date(due.getTime() - hours(1))
    expect(await planSlot(database, madeUpJob(), late)).toMatchObject({ slot: { state: 'expired' } })
    expect(await planSlot(database, madeUpJob({ mode: 'off' }), due)).toMatchObject({
      slot: { state: 'off' },
    })
    expect(await listRuns(database, { limit: 10 })).toEqual([])
    expect(await planSlot(database, madeUpJob(), due)).toMatchObject({ slot: { state: 'off' } })
  })

  test('skips what is due inside an excluded window, and lets a late one wait for its end', async () => {
    // All of the week but for the hour in which the late one was due.
    const [from, to] = [hours(-3), hours(-2)].map((away) =>
      new Date(due.getTime() + away).toISOString().slice(11, 16),
    )
    const excluded = [
      parseWeekWindow(`${to}-${from}`, (reason) => {
        throw new Error(reason)
      }),
    ]
    const job = { ...madeUpJob({ excluded, timezone: 'UTC' }), startWithin: hours(48) }
    expect(await planSlot(database, job, due)).toMatchObject({
      slot: { state: 'skipped', reason: `excluded: ${to}-${from} UTC` },
    })
    const late = new Date(due.getTime() - hours(2.5))
    const planned = await planSlot(database, job, late)
    expect('waits' in planned ? Math.abs(planned.waits - hours(21)) : undefined).toBeLessThan(minutes(5))
    expect(await slotHistory(database, { job: 'dealertrend', limit: 10 })).toMatchObject([
      { state: 'skipped' },
      { state: 'due', dueAt: late },
    ])
    expect(await listRuns(database, { limit: 10 })).toEqual([])
    await planRequestedRun(database, job, { requestedBy: 'ann' })
    expect(await listRuns(database, { limit: 10 })).toMatchObject([{ kind: 'manual', syncs: 3 }])
  })

  test('settles a run at once that has no account to sync', async () => {
    await database.query('update accounts set enabled = false')
    await planSlot(database, madeUpJob(), due)
    expect(await listRuns(database, { limit: 10 })).toMatchObject([{ state: 'ok', syncs: 0 }])
  })

  test('leaves nothing behind when it fails half-way', async () => {
    await database.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'disk on fire'; end $$`,
    )
    await database.query(
      'create trigger refuse before insert on syncs for each statement execute function refuse()',
    )
    await expect(planSlot(database, madeUpJob(), due)).rejects.toThrow('disk on fire')
    expect(await listRuns(database, { limit: 10 })).toEqual([])
    expect(await slotHistory(database, { job: 'dealertrend', limit: 10 })).toEqual([])
  })
})

describe('planRequestedRun', () => {
  let database: Database
  let accounts: string[]
  beforeEach(async () => {
    database = await testDatabase()
    accounts = await someAccounts(database, 'dealertrend', 3)
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  test('syncs the accounts that were asked for', async () => {
    const run = await planRequestedRun(database, madeUpJob(), {
      requestedBy: 'ann',
      reason: 'client called',
      accountIds: accounts.slice(0, 2),
    })
    expect(await listRuns(database, { id: run.id, limit: 1 })).toMatchObject([
      { kind: 'manual', requestedBy: 'ann', reason: 'client called', syncs: 2 },
    ])
  })

  test('is the same run when it is asked for again with the same key', async () => {
    const ask = async () => planRequestedRun(database, madeUpJob(), { requestedBy: 'ann', requestKey: 'k' })
    expect((await ask()).id).toBe((await ask()).id)
  })

  test('says why a job that is off is not run', async () => {
    const ask = planRequestedRun(database, madeUpJob({ mode: 'off' }), { requestedBy: 'ann' })
    await expect(ask).rejects.toThrow(JobOffError)
    await expect(ask).rejects.toThrow('dealertrend is off: set DEALERTREND_MODE to live or shadow to run it')
  })
})
