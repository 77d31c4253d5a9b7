import { recordAct, type Act } from '../../src/ledger/audit'
import { auditNames, exportAudit, searchAudit, type AuditQuery } from '../../src/ledger/audit-search'
import type { Database } from '../../src/ledger/postgres/database'
import { testDatabase } from '../support/database'

const act: Act = { actor: 'ada', via: 'dashboard', action: 'pause job', subject: 'job ctm', outcome: 'done' }

const acts: readonly Act[] = [
  { ...act, reason: 'Wartung bei Müller & Söhne', origin: '198.51.100.7' },
  {
    ...act,
    actor: 'bob',
    via: 'cli',
    subject: 'job google-ads',
    after: { until: '2026-11-23', note: 'O’Brien’s' },
  },
  { ...act, outcome: 'refused', reason: 'this needs the role operator; ada is viewer' },
  { ...act, actor: 'system', via: 'system', action: 'resume', before: { reason: 'maintenance' } },
]

const asked: readonly [string, AuditQuery, readonly number[]][] = [
  ['nothing in particular', {}, [4, 3, 2, 1]],
  ['an actor', { actor: 'ada' }, [3, 1]],
  ['an action', { action: 'resume' }, [4]],
  ['a subject and an outcome', { subject: 'job ctm', outcome: 'refused' }, [3]],
  ['a way', { via: 'cli' }, [2]],
  ['the beginning of a word', { text: 'maint' }, [4]],
  ['words of several fields in any case', { text: 'GOOGLE 2026-11-23 pause' }, [2]],
  ['letters that are not ASCII', { text: 'söhne MÜLLER' }, [1]],
  ['a word with signs that a query could trip over', { text: `o’brien’s & ('x | !` }, []],
  ['the same without what is not there', { text: `o’brien’s & ('` }, [2]],
  ['signs alone', { text: `%'&` }, []],
  ['blanks', { text: ' ' }, [4, 3, 2, 1]],
  ['a time to come', { from: new Date('2100-01-01') }, []],
  ['all time before', { to: new Date('2100-01-01'), actor: 'bob' }, [2]],
]

const setup = async (): Promise<Database> => {
  const database = await testDatabase()
  for (const each of acts) await recordAct(database, each)
  return database
}

describe('searchAudit', () => {
  test('finds what fits everything that is asked for, latest first', async () => {
    await using database = await setup()
    for (const [what, query, places] of asked) {
      const found = await searchAudit(database, { ...query, limit: 10 })
      expect([what, found.map(({ id }) => Number(id))]).toEqual([what, places])
    }
  })

  test('goes on before a row, and tells all of it', async () => {
    await using database = await setup()
    const [row] = await searchAudit(database, { before: '2', limit: 1 })
    const { at, ...rest } = row!
    expect(Date.now() - at.getTime()).toBeLessThan(3_600_000)
    expect(rest).toEqual({ id: '1', before: null, after: null, ...acts[0] })
    expect(await auditNames(database)).toEqual({
      actors: ['ada', 'bob', 'system'],
      actions: ['pause job', 'resume'],
    })
  })
})

test('an export has every row that fits, however many there are, and an act of any length is found', async () => {
  await using database = await setup()
  await database.query(
    `insert into audit_log (actor, via, action, subject, outcome)
     select 'many', 'system', 'import', 'row ' || n, 'done' from generate_series(1, 1234) n`,
  )
  await recordAct(database, {
    ...act,
    actor: 'many',
    after: { long: 'x'.repeat(5000), list: Array(40_000).fill('wörter') },
  })
  const ids: number[] = []
  for await (const { id } of exportAudit(database, { actor: 'many' })) ids.push(Number(id))
  expect(ids).toHaveLength(1235)
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a))
  expect(await searchAudit(database, { text: 'many wörter', limit: 2 })).toHaveLength(0)
  expect(await searchAudit(database, { text: 'ctm wört', limit: 2 })).toHaveLength(1)
})
