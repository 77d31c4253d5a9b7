import { currentLeader, giveUpLead, takeLead } from '../../src/ledger/leadership'
import type { Database } from '../../src/ledger/postgres/database'
import { minutes } from '../../src/lib/durations'
import { testDatabase } from '../support/database'

describe('the lead', () => {
  let database: Database
  beforeEach(async () => (database = await testDatabase()))
  afterEach(async () => database[Symbol.asyncDispose]())

  const older = new Date('2026-01-01T00:00:00Z')
  const newer = new Date('2026-02-01T00:00:00Z')
  const take = async (holder: string, builtAt = older, lease = minutes(1)) =>
    takeLead(database, { holder, build: `build of ${holder}`, builtAt }, lease)
  const lapse = async (by: string) =>
    database.query(`update leadership set expires_at = clock_timestamp() - $1::interval`, [by])

  test('goes to one of many that bid at once', async () => {
    const bids = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => take(holder)))
    expect(bids.filter(Boolean)).toHaveLength(1)
  })

  test('is renewed by its holder and refused to others', async () => {
    expect(await take('a')).toBe(true)
    expect(await take('a')).toBe(true)
    expect(await take('b')).toBe(false)
    expect(await currentLeader(database)).toEqual({ holder: 'a', build: 'build of a' })
  })

  test('is free once it lapsed or was given up', async () => {
    await take('a')
    await lapse('1 ms')
    expect(await take('b')).toBe(true)
    await giveUpLead(database, 'b')
    expect(await currentLeader(database)).toBeUndefined()
    expect(await take('a')).toBe(true)
  })

  test('is not given up by somebody who lost it', async () => {
    await take('a')
    await giveUpLead(database, 'b')
    expect(await take('b')).toBe(false)
  })

  test('passes to a newer build at once', async () => {
    await take('a', older)
    expect(await take('b', newer)).toBe(true)
    expect(await take('a', older)).toBe(false)
  })

  test('passes to an older build only when the newer has been gone for a minute', async () => {
    await take('b', newer)
    await lapse('30 s')
    expect(await take('a', older)).toBe(false)
    await lapse('61 s')
    expect(await take('a', older)).toBe(true)
  })
})
