import { closeIncident, listIncidents, openIncident } from '../../../src/ledger/gates/incidents'
import { testDatabase } from '../../support/database'

const refused = { kind: 'credential-parked', subject: 'credential ctm-7', job: 'ctm' } as const

describe('an incident', () => {
  test('is told once when it begins, counted while it lasts, and told once when it is over', async () => {
    await using database = await testDatabase()
    expect(
      await openIncident(database, { ...refused, message: 'first', details: { sync: '1', code: 'a' } }),
    ).toBe(true)
    expect(await openIncident(database, { ...refused, message: 'second', details: { code: 'b' } })).toBe(
      false,
    )
    const [lasting] = await listIncidents(database, { limit: 10 })
    expect(lasting).toMatchObject({
      ...refused,
      times: 2,
      message: 'second',
      details: { sync: '1', code: 'b' },
      closedAt: null,
      closing: null,
      heldUp: null,
    })
    expect(lasting && lasting.lastAt >= lasting.openedAt).toBe(true)

    expect(await closeIncident(database, refused, 'set anew')).toBe(true)
    expect(await closeIncident(database, refused, 'once more')).toBe(false)
    expect(await listIncidents(database, { limit: 10 })).toEqual([])
    expect(await listIncidents(database, { all: true, limit: 10 })).toEqual([
      expect.objectContaining({ id: lasting?.id, closing: 'set anew', closedAt: expect.any(Date) }),
    ])
  })

  test('begins anew after it was over', async () => {
    await using database = await testDatabase()
    await openIncident(database, { ...refused, message: 'first' })
    await closeIncident(database, refused, 'set anew')
    expect(await openIncident(database, { ...refused, message: 'second' })).toBe(true)
    expect(await listIncidents(database, { all: true, limit: 10 })).toMatchObject([
      { message: 'second', times: 1, closedAt: null },
      { message: 'first', times: 1, closing: 'set anew' },
    ])
  })

  test('is new for one only of many who meet it at once', async () => {
    await using database = await testDatabase()
    const met = await Promise.all(
      Array.from({ length: 20 }, () => openIncident(database, { ...refused, message: '401' })),
    )
    expect(met.filter(Boolean)).toHaveLength(1)
    expect(await listIncidents(database, { limit: 10 })).toMatchObject([{ times: 20 }])
  })

  test('of another subject or kind is another one', async () => {
    await using database = await testDatabase()
    await openIncident(database, { ...refused, message: '401' })
    expect(await openIncident(database, { ...refused, subject: 'credential ctm-8', message: '401' })).toBe(
      true,
    )
    expect(
      await openIncident(database, { kind: 'breaker-open', subject: refused.subject, message: '503' }),
    ).toBe(true)
    expect(await listIncidents(database, { job: 'ctm', limit: 10 })).toHaveLength(2)
    expect(await listIncidents(database, { job: 'cdk', limit: 10 })).toEqual([])
    expect(await listIncidents(database, { limit: 1 })).toHaveLength(1)
  })
})
