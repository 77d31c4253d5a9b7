import type { RunTotals } from '../../../src/ledger/work/runs'
import { runLine, startScreen, type StartFacts } from '../../../src/processes/local/start-screen'

const run: RunTotals = {
  id: '7',
  job: 'ctm',
  kind: 'slot',
  mode: 'live',
  dueAt: null,
  state: 'partial',
  definitionVersion: 1,
  requestedBy: null,
  reason: null,
  streams: null,
  accounts: null,
  cancelledBy: null,
  cancelReason: null,
  startedAt: new Date(2026, 10, 21, 14, 3, 18, 200),
  settledAt: new Date(2026, 10, 21, 14, 3, 20),
  syncs: 12,
  open: 0,
  ok: 10,
  partial: 0,
  failed: 1,
  skipped: 1,
  deferred: 0,
  cancelled: 0,
  superseded: 0,
  rows: '11447',
  rejected: '0',
}

const facts: StartFacts = {
  seconds: 4.24,
  dashboard: 'http://localhost:3000',
  password: 'secret',
  workers: 2,
  postgres: { origin: 'Postgres 18.4 (embedded)', url: 'postgres://a:b@127.0.0.1:1/postgres' },
  redis: { origin: 'redis-server', port: 6380 },
  sandbox: 'http://127.0.0.1:2',
  schema: 'integration',
  dataFolder: '/clone/.syncfleet',
}

describe('runLine', () => {
  test('says in one line when, what and how', () => {
    expect(runLine(run)).toBe(
      '14:03:20  ctm            partial    10 of 12 accounts ok, 1 failed, 1 skipped;  11,447 rows, 1.8 s',
    )
  })

  test('mentions rejected records where there are some', () => {
    expect(runLine({ ...run, rejected: '3' })).toContain('11,447 rows, 3 records rejected, 1.8 s')
  })
})

describe('startScreen', () => {
  test('fits a narrow terminal but for addresses', () => {
    const long = startScreen(facts)
      .split('\n')
      .filter((line) => line.length > 100)
    expect(long).toEqual([])
    expect(startScreen(facts)).toContain('user admin, password secret')
  })

  test('offers no password where the users are not ours', () => {
    const screen = startScreen({ ...facts, password: undefined, sandbox: undefined, redis: undefined })
    expect(screen).not.toContain('password')
    expect(screen).toContain('log in as a user of schema integration')
    expect(screen).toContain('yours, from REDIS_URL')
  })
})
