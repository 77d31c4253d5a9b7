import { minutes } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { Fleet, type FleetAccount } from '../support/fleet'
import { TestQueues } from '../support/queues'
import { until } from '../support/until'

jest.setTimeout(minutes(6))

const accounts: readonly FleetAccount[] = [
  { id: 1, timezone: 'America/New_York', history: 2500, every: 700 },
  { id: 2, timezone: 'America/Chicago', history: 2000, every: 1100 },
  { id: 3, timezone: 'Pacific/Honolulu', history: 1500, every: 900 },
]

describe('a fleet whose Redis is wiped in the middle of its runs', () => {
  test('is whole again by itself, and loses nothing', async () => {
    await using fleet = await Fleet.open(accounts)
    await using redis = await TestQueues.open({
      url: fleet.env['REDIS_URL'] ?? '',
      prefix: fleet.env['QUEUE_PREFIX'] ?? '',
    })
    await fleet.start('scheduler')
    await Promise.all([fleet.start('worker'), fleet.start('worker')])
    const now = async () =>
      only(await fleet.database.query<{ now: Date }>('select clock_timestamp() as now')).now
    const states = async (query: string, since: Date) =>
      (await fleet.database.query<{ state: string }>(query, [since])).rows.map(({ state }) => state)
    const openSyncs = async () =>
      (await fleet.database.query("select 1 from syncs where state in ('waiting', 'running')")).rowCount

    await until('every account is in the middle of its first load', async () => {
      const { rows } = await fleet.database.query("select 1 from syncs where state = 'running' and pages > 0")
      return rows.length === accounts.length
    })
    expect(await openSyncs()).toBe(accounts.length)
    const wipedAt = await now()
    await redis.wipe()

    await until('every sync of before is settled', async () => {
      const left = await fleet.database.query(
        "select 1 from syncs where state in ('waiting', 'running') and created_at < $1",
        [wipedAt],
      )
      return left.rowCount === 0
    })
    await until(
      'the job schedulers are back',
      async () => (await redis.queues.runs.getJobSchedulersCount()) === 9,
    )
    await until('slots ran since', async () => {
      const since = await states("select state from slots where job = 'ctm' and due_at > $1", wipedAt)
      return since.filter((state) => state === 'ran').length >= 2
    })

    fleet.sandbox.clock.freeze()
    const frozenAt = await now()
    await until('every account was read once more', async () => {
      const { rowCount } = await fleet.database.query(
        `select 1 from accounts a where exists (
           select 1 from syncs s where s.account_id = a.id and s.state = 'ok' and s.started_at > $1)`,
        [frozenAt],
      )
      return rowCount === accounts.length
    })
    for (const { id } of accounts) expect([id, await fleet.differences(id)]).toEqual([id, []])
    expect(await states('select state from slots where due_at < $1', wipedAt)).not.toContain('due')
    expect(
      await states("select state from runs where state = 'failed' and started_at > $1", new Date(0)),
    ).toEqual([])
  })
})
