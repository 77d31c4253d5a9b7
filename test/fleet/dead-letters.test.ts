import { minutes, seconds } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { consoleOf } from '../bin/commands/console'
import { Fleet, type FleetAccount } from '../support/fleet'
import { until } from '../support/until'

jest.setTimeout(minutes(5))

const accounts: readonly FleetAccount[] = [
  { id: 1, timezone: 'America/New_York', history: 300, every: 0 },
  { id: 2, timezone: 'America/Chicago', history: 200, every: 0 },
  { id: 3, timezone: 'Pacific/Honolulu', history: 100, every: 0 },
]

describe('a fleet whose vendor refused every account', () => {
  test('fetches everything when its dead letters are retried, no faster than asked for', async () => {
    await using fleet = await Fleet.open(accounts)
    const { database, sandbox } = fleet
    await fleet.start('worker')
    sandbox.faults.add({ kind: 'status', vendor: 'ctm', status: 422, times: accounts.length })
    await fleet.run()
    const run = async () => (await database.query<{ state: string }>('select state from runs')).rows[0]?.state
    await until('the run is settled', async () => (await run()) === 'partial')

    const { type } = consoleOf(database, fleet.env)
    const listed = await type(['dead-letters', 'list', '--json'])
    const groups = JSON.parse(listed.printed) as { signature: string }[]
    expect(groups).toMatchObject([{ job: 'ctm', syncs: 3, accounts: 3, errorCode: 'vendor_request' }])
    expect(
      await type(['dead-letters', 'retry', groups[0]?.signature ?? '', '--rate', '30/min']),
    ).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^3 reopened, the last one to start in /),
    })
    await until('the run is settled again', async () => (await run()) === 'ok')

    for (const { id } of accounts) expect([id, await fleet.differences(id)]).toEqual([id, []])
    const { at } = only(
      await database.query<{ at: Date }>(
        `select at from audit_log where action = 'retry dead letters' and outcome = 'asked'`,
      ),
    )
    const { rows } = await database.query<{ state: string; started: Date }>(
      `select s.state, a.started_at as started from syncs s join attempts a on a.sync_id = s.id and a.number = 2
       order by s.id desc`,
    )
    expect(rows.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
    for (const [turn, { started }] of rows.entries())
      expect(started.getTime() - at.getTime()).toBeGreaterThanOrEqual(turn * seconds(2) - 1)
    expect((await type(['dead-letters', 'list'])).printed).toBe('none')
  })
})
