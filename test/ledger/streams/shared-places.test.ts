import { NotReadyError } from '../../../src/job/errors'
import { findOperation, forgetOperation, keepOperation } from '../../../src/ledger/streams/operations'
import { minutes, seconds } from '../../../src/lib/durations'
import { Engine } from '../../support/engine'

const place = { of: 'program-1', most: 2, lifetime: minutes(60), retryAfter: seconds(15) }

describe('places that accounts share', () => {
  let engine: Engine
  let syncIds: readonly string[]
  beforeEach(async () => {
    engine = await Engine.open(5)
    syncIds = (await engine.plan()).syncIds
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  const ownerOf = (index: number) => ({
    accountId: engine.accounts[index] ?? '',
    mode: 'live' as const,
    lane: 'live' as const,
    syncId: syncIds[index] ?? '',
  })
  const keep = async (index: number, given: typeof place | undefined = place, details = { id: index }) =>
    engine.database.transaction(async (sql) => keepOperation(sql, ownerOf(index), 'sales', details, given))
  const holders = async () =>
    (await engine.rows('select account_id from operations where place is not null order by account_id'))
      .length

  test('are taken by so many at most, however many ask at once', async () => {
    const taken = await Promise.allSettled([0, 1, 2, 3, 4].map(async (index) => keep(index)))
    const refused = taken.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(3)
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(NotReadyError)
      expect(reason).toMatchObject({ retryAfter: seconds(15) })
    }
    expect(await holders()).toBe(2)
  })

  test('are free again once their operation is kept without, or forgotten', async () => {
    await keep(0)
    await keep(1)
    await expect(keep(2)).rejects.toThrow(NotReadyError)
    expect(await findOperation(engine.database, ownerOf(2), 'sales')).toBeUndefined()
    await engine.database.transaction(async (sql) => keepOperation(sql, ownerOf(0), 'sales', { id: 0 }))
    await keep(2)
    await forgetOperation(engine.database, ownerOf(1), 'sales')
    await keep(3)
    await expect(keep(4)).rejects.toThrow(NotReadyError)
  })

  test('stay with who has one, and are nobody else’s of another name', async () => {
    await keep(0)
    await keep(1)
    await keep(0, place, { id: 7 })
    await keep(2, { ...place, of: 'program-2' })
    expect(await holders()).toBe(3)
  })

  test('are free again when nobody gave them back in time', async () => {
    await keep(0)
    await keep(1)
    await engine.database.query("update operations set place_until = clock_timestamp() - interval '1 second'")
    await keep(2)
    await keep(3)
    await expect(keep(4)).rejects.toThrow(NotReadyError)
  })
})
