import type { AuditRow } from '../../src/ledger/audit-search'
import { auditCsvLine, changesInWords } from '../../src/ledger/audit-words'

describe('changesInWords', () => {
  test.each([
    ['what changed', { role: 'viewer', same: 1 }, { role: 'admin', same: 1 }, ['role: viewer → admin']],
    [
      'what there is now only',
      null,
      { until: 'noon', jobs: ['ctm', 'cdk'] },
      ['jobs: ctm, cdk', 'until: noon'],
    ],
    ['what is gone', { role: 'viewer' }, null, ['role: was viewer']],
    [
      'what lies deep',
      { a: { b: { c: 1 } } },
      { a: { b: { c: 2, d: false } } },
      ['a.b.c: 1 → 2', 'a.b.d: false'],
    ],
    ['what became another kind of thing', { a: 'x' }, { a: { b: 1 } }, ['a: x → {"b":1}']],
    ['nothing where nothing changed', { a: [1] }, { a: [1] }, []],
  ])('tells %s', (_what, before, after, lines) => {
    expect(changesInWords({ action: 'change', before, after })).toEqual(lines)
  })

  test('tells of a deployment what each job declares otherwise', () => {
    const before = {
      build: '1.0 (aaa)',
      jobs: { cdk: { cron: '0 5 * * *' }, ctm: { version: 1, cron: '0 5 * * *', retry: { attempts: 3 } } },
    }
    const after = {
      build: '1.1 (bbb)',
      jobs: { ctm: { version: 2, cron: '0 6 * * *', retry: { attempts: 3 } }, campaign: { version: 1 } },
    }
    expect(changesInWords({ action: 'deploy', before, after })).toEqual([
      'build: 1.0 (aaa) → 1.1 (bbb)',
      'campaign: new',
      'cdk: gone',
      'ctm: cron: 0 5 * * * → 0 6 * * *; version: 1 → 2',
    ])
    expect(changesInWords({ action: 'deploy', before: null, after })).toEqual([
      'build: 1.1 (bbb)',
      '2 jobs, declared for the first time',
    ])
  })
})

test('a cell of CSV that a spreadsheet would carry out is text to it', () => {
  const row: AuditRow = {
    id: '7',
    at: new Date('2026-03-08T06:00:00Z'),
    actor: '=1+1',
    via: 'dashboard',
    origin: '@sum',
    action: '-a',
    subject: '\t=x',
    before: null,
    after: { note: 'a "word", two' },
    reason: '+49 =not at the beginning',
    outcome: 'refused',
  }
  expect(auditCsvLine(row)).toBe(
    `7,2026-03-08T06:00:00.000Z,'=1+1,dashboard,'@sum,'-a,'\t=x,refused,'+49 =not at the beginning,,"{""note"":""a \\""word\\"", two""}"\r\n`,
  )
})
