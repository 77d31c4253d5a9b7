import { bigint, nullable, text } from '../../../src/job/columns'
import type { Job } from '../../../src/job/define-job'
import { FenceLostError } from '../../../src/job/errors'
import { handleOf } from '../../../src/job/stream-handles'
import { upsertStream } from '../../../src/job/streams'
import { lockAccount, raiseFence } from '../../../src/ledger/work/fences'
import { findSync } from '../../../src/ledger/work/syncs'
import { PageWriter } from '../../../src/runs/attempt/page-writer'
import { ensureTables } from '../../../src/sink/tables'
import { Engine } from '../../support/engine'
import { madeUpJob } from '../../support/made-up-job'

const people = upsertStream({
  table: 'dealertrend_people',
  key: ['person_id'],
  overlap: 0,
  columns: { person_id: bigint(), first_name: nullable(text()), city: text() },
  personal: { subject: 'person_id', columns: ['first_name'] },
})
const job: Job = { ...madeUpJob(), streams: { people } }
const handle = handleOf('people', people, { cursor: null, position: null })
const person = (id: number, more: object = {}) => ({
  person_id: id,
  first_name: 'Ada',
  city: 'Berlin',
  ...more,
})
const counts = { read: 0, inserted: 0, updated: 0, unchanged: 0, removed: 0, rejected: 0 }

describe('PageWriter', () => {
  let engine: Engine
  let writer: PageWriter
  beforeEach(async () => {
    engine = await Engine.open()
    await ensureTables(engine.database, engine.database.schema, [people])
    const { syncIds } = await engine.plan()
    writer = await attempt(syncIds[0] ?? '')
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  /** The writer of one more attempt: the one before it has lost its fence. */
  const attempt = async (syncId: string): Promise<PageWriter> => {
    const sync = await findSync(engine.database, syncId)
    if (!sync) throw new Error(`no sync ${syncId}`)
    const account = await lockAccount(engine.database, sync.accountId)
    const fence = await raiseFence(engine.database, account.id)
    return new PageWriter(engine.database, job, { sync, account, fence, number: 1, states: [] })
  }
  const nextAttempt = async () =>
    attempt(String((await engine.rows('select max(id) as id from syncs'))[0]?.['id']))
  const names = async () =>
    (await engine.rows('select first_name from dealertrend_people order by person_id')).map(
      (row) => row['first_name'],
    )

  test('forgets a person in what is written and in all that follows', async () => {
    await writer.write(handle.page([person(1), person(2)]))

    expect(await writer.write(handle.forget(['1']))).toEqual({ ...counts, updated: 1 })
    expect(await names()).toEqual([null, 'Ada'])
    expect(await writer.write(handle.page([person(1), person(2)]))).toEqual({
      ...counts,
      read: 2,
      unchanged: 2,
    })
    const next = await nextAttempt()
    await next.write(handle.page([person(1, { city: 'Paris' })]))
    expect(await names()).toEqual([null, 'Ada'])
  })

  test('empties the records of the very page that forgets', async () => {
    await writer.write({ ...handle.page([person(1), person(2)]), forgets: ['2'] })

    expect(await names()).toEqual(['Ada', null])
  })

  test('keeps personal columns out of what it sets aside', async () => {
    await writer.write(handle.page([person(1, { city: 7 })] as never))

    const [rejected] = await engine.rows('select reason, record from rejected_records')
    expect(rejected).toMatchObject({ record: { person_id: '1', first_name: '<text of 3 characters>' } })
    expect(JSON.stringify(rejected)).not.toContain('Ada')
  })

  test('forgets nobody where its fence was raised', async () => {
    await writer.write(handle.page([person(1)]))
    const next = await nextAttempt()

    await expect(writer.write(handle.forget(['1']))).rejects.toThrow(FenceLostError)
    expect(await engine.rows('select * from forgotten_persons')).toEqual([])
    expect(await next.write(handle.page([person(1)]))).toMatchObject({ unchanged: 1 })
    expect(await names()).toEqual(['Ada'])
  })

  test('marks gone what the vendor has deleted, and counts it as removed', async () => {
    await writer.write(handle.page([person(1)]))

    expect(await writer.write(handle.gone([person(1), person(2)]))).toEqual({
      ...counts,
      read: 2,
      removed: 2,
    })
    expect(await writer.write(handle.page([person(2)]))).toMatchObject({ updated: 1 })
    const rows = await engine.rows('select gone_at from dealertrend_people order by person_id')
    expect(rows).toEqual([{ gone_at: expect.any(Date) }, { gone_at: null }])
  })
})
