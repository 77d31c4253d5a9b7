import { listPauses, openPauses } from '../../../src/ledger/control/pauses'
import type { Database } from '../../../src/ledger/postgres/database'
import { days, hours } from '../../../src/lib/durations'
import { pause, resume } from '../../../src/runs/control/pause'
import { refusePaused } from '../../../src/runs/control/refuse-paused'
import { testDatabase } from '../../support/database'
import { addAccount } from '../../support/fleet-history'
import { ana, moveBack, toolsOf } from '../../support/pausing'

const job = { scope: 'job', id: 'google-ads' } as const
const tomorrow = () => new Date(Date.now() + days(1))

describe('pause and resume', () => {
  let database: Database
  beforeEach(async () => {
    database = await testDatabase()
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  const audit = async () =>
    (
      await database.query(
        'select actor, via, origin, action, subject, before, after, reason, outcome from audit_log order by id',
      )
    ).rows

  test('keep who, why and until when, and leave a row in the audit log each', async () => {
    const until = tomorrow()
    const tools = toolsOf(database)
    const paused = await pause(tools, job, { by: ana, reason: ' budget review ', until })
    expect(paused).toMatchObject({ subject: 'google-ads', reason: 'budget review', pausedBy: 'ana', until })
    const longer = await pause(tools, job, { by: { actor: 'ben', via: 'cli' }, reason: 'still at it' })
    expect(longer).toMatchObject({ id: paused.id, pausedAt: paused.pausedAt, pausedBy: 'ben', until: null })
    await resume(tools, job, { by: ana })

    expect(await openPauses(database)).toEqual([])
    expect(await listPauses(database, { limit: 9 })).toMatchObject([
      { id: paused.id, endedAt: expect.any(Date), endedBy: 'ana', endReason: null },
    ])
    const first = { reason: 'budget review', pausedBy: 'ana', until: until.toISOString() }
    const second = { reason: 'still at it', pausedBy: 'ben', until: null }
    const row = { ...ana, subject: 'job google-ads', outcome: 'done' }
    const byBen = { actor: 'ben', via: 'cli', origin: null }
    expect(await audit()).toMatchObject([
      { ...row, action: 'pause', before: null, after: first, reason: 'budget review' },
      { ...row, ...byBen, action: 'pause', before: first, after: second, reason: 'still at it' },
      { ...row, action: 'resume', before: second, after: null, reason: null },
    ])
  })

  test('come one after the other where two pause the same at once', async () => {
    const both = ['one', 'two'].map((reason) => pause(toolsOf(database), job, { by: ana, reason }))
    await Promise.all(both)
    expect(await listPauses(database, { limit: 9 })).toHaveLength(1)
    expect(await audit()).toHaveLength(2)
  })

  test('begin anew where the time of the pause before was over', async () => {
    const tools = toolsOf(database)
    await pause(tools, job, { by: ana, reason: 'first', until: new Date(Date.now() + hours(1)) })
    await moveBack(database, hours(2))
    expect(await openPauses(database)).toEqual([])
    await expect(resume(tools, job, { by: ana })).rejects.toMatchObject({ refusal: 'conflict' })
    await pause(tools, job, { by: ana, reason: 'second' })
    expect(await listPauses(database, { limit: 9 })).toMatchObject([
      { reason: 'second', endedAt: null },
      { reason: 'first', endedBy: 'system', endReason: 'its time was over' },
    ])
  })

  test('refuse what is not there, what is over before it begins, and what nobody paused', async () => {
    const tools = toolsOf(database)
    const account = await addAccount(database, 'google-ads', 'acme')
    const order = { by: ana, reason: 'why' }
    const refused = async (act: Promise<unknown>) => {
      const error: unknown = await act.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      return error instanceof Error && 'refusal' in error ? [error.refusal, error.message] : error
    }
    expect(await refused(pause(tools, { scope: 'job', id: 'gogle-ads' }, order))).toEqual([
      'not-found',
      'there is no job "gogle-ads"; did you mean google-ads?',
    ])
    expect(await refused(pause(tools, { scope: 'client', id: 'acmee' }, order))).toEqual([
      'not-found',
      'there is no client "acmee"; did you mean acme?',
    ])
    for (const id of ['999', 'x'])
      expect(await refused(resume(tools, { scope: 'account', id }, { by: ana }))).toEqual([
        'not-found',
        `there is no account ${id}; \`syncfleet accounts list\` shows all`,
      ])
    const past = new Date(Date.now() - hours(1))
    expect(await refused(pause(tools, job, { ...order, until: past }))).toMatchObject(['invalid', {}])
    expect(await refused(pause(tools, job, { ...order, reason: ' ' }))).toMatchObject(['invalid', {}])
    expect(await refused(resume(tools, job, { by: ana }))).toEqual([
      'conflict',
      'job google-ads is not paused itself',
    ])
    expect(await audit()).toEqual([])

    await pause(tools, { scope: 'everything' }, { by: ana, reason: 'fire drill' })
    expect(await refused(resume(tools, { scope: 'account', id: account }, { by: ana }))).toEqual([
      'conflict',
      `account ${account} is not paused itself, but everything paused by ana: fire drill. Resume that: \`syncfleet resume\``,
    ])
    expect(await refused(refusePaused(database, job))).toEqual([
      'conflict',
      'google-ads cannot be run: everything paused by ana: fire drill. Resume it first: `syncfleet resume`',
    ])
  })

  test('refuse a run by hand of a paused account, and let the others of its job run', async () => {
    const acme = await addAccount(database, 'google-ads', 'acme')
    const bolt = await addAccount(database, 'google-ads', 'bolt')
    await pause(toolsOf(database), { scope: 'client', id: 'acme' }, { by: ana, reason: 'moves house' })
    await refusePaused(database, job)
    await refusePaused(database, job, [bolt])
    await expect(refusePaused(database, job, [bolt, acme])).rejects.toThrow(
      'client acme paused by ana: moves house',
    )
  })
})
