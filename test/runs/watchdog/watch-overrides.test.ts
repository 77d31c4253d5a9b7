import type { Database } from '../../../src/ledger/postgres/database'
import type { ActTools } from '../../../src/runs/control/act-tools'
import { reschedule, revertOverride } from '../../../src/runs/control/override'
import { Watchdog } from '../../../src/runs/watchdog/watchdog'
import { WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { testDatabase } from '../../support/database'
import { madeUpJob } from '../../support/made-up-job'
import { TestQueues } from '../../support/queues'
import { until } from '../../support/until'

describe('the leader, where a schedule was overridden,', () => {
  let database: Database
  let world: TestQueues
  let tools: ActTools
  let leading: Watchdog | undefined
  beforeEach(async () => {
    database = await testDatabase()
    world = await TestQueues.open()
    const queues = () => Promise.reject(new Error('no override needs Redis'))
    tools = { database, queues, signal: new AbortController().signal }
  })
  afterEach(async () => {
    await leading?.[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const order = { by: { actor: 'ana', via: 'cli' }, reason: 'the vendor asked us to' } as const
  const every = (cron: string) => madeUpJob({ cron, timezone: 'UTC', missed: 'skip' })
  /** The schedulers come up with this configuration, and one leads; what led before is gone. */
  const deploy = async (build: string, cron: string) => {
    await leading?.[Symbol.asyncDispose]()
    leading = new Watchdog({
      database,
      queues: world.queues,
      syncJobs: world.syncJobs,
      jobs: [every(cron)],
      events: new WatchEvents(silentLogger),
      isLeading: () => true,
      build,
      deployedBy: 'ci',
    })
    leading.start()
  }
  /** In Redis, and in the ledger that counts its slots. */
  const runsBy = async (cron: string) =>
    until(`runs by ${cron}`, async () => {
      leading?.wake()
      const { rows } = await database.query<{ cron: string }>('select cron from schedules')
      return (
        (await world.queues.runs.getJobScheduler('dealertrend'))?.pattern === cron && rows[0]?.cron === cron
      )
    })
  const acts = async (action: string) => {
    const { rows } = await database.query<Record<string, unknown>>(
      'select actor, via, before, after, reason from audit_log where action = $1 order by id',
      [action],
    )
    return rows
  }

  test('runs and counts by it, and by the configuration once it is reverted', async () => {
    await deploy('one', '0 5 * * *')
    await runsBy('0 5 * * *')
    await reschedule(tools, every('0 5 * * *'), { cron: '*/20 * * * *' }, order)
    await runsBy('*/20 * * * *')
    await database.query(`update schedules set checked_until = clock_timestamp() - interval '2 hours'`)
    const slots = await until('slots are counted', async () => {
      const { rows } = await database.query<{ minute: number }>(
        `select extract(minute from due_at)::int as minute from slots order by due_at`,
      )
      return rows.length >= 6 && rows
    })
    expect(slots.every(({ minute }) => minute % 20 === 0)).toBe(true)

    await revertOverride(tools, every('0 5 * * *'), 'schedule', order)
    await runsBy('0 5 * * *')
    expect(await acts('deploy')).toHaveLength(1)
  })

  test('leaves it alone when another configuration is deployed, and ends it when its time is over', async () => {
    await deploy('one', '0 5 * * *')
    const later = new Date(Date.now() + 24 * 60 * 60 * 1000)
    await reschedule(tools, every('0 5 * * *'), { cron: '*/20 * * * *' }, { ...order, until: later })
    await runsBy('*/20 * * * *')

    await deploy('two', '0 6 * * *')
    const [, second] = await until('the deploy is recorded', async () => {
      const deploys = await acts('deploy')
      return deploys.length === 2 && deploys
    })
    expect(second).toMatchObject({ after: { jobs: { dealertrend: { cron: '0 6 * * *' } } } })
    await runsBy('*/20 * * * *')

    await database.query(
      `update overrides set made_at = made_at - interval '1 day', until = clock_timestamp() - interval '1 second'`,
    )
    await runsBy('0 6 * * *')
    // What is over counts no more, whenever the leader gets round to saying so.
    const reverts = await until('the end is recorded', async () => {
      leading?.wake()
      const acted = await acts('revert')
      return acted.length > 0 && acted
    })
    expect(reverts).toEqual([
      {
        actor: 'system',
        via: 'system',
        before: { schedule: { cron: '*/20 * * * *', timezone: 'UTC' } },
        after: { schedule: { cron: '0 6 * * *', timezone: 'UTC' } },
        reason: 'expired',
      },
    ])
    expect(await acts('deploy')).toHaveLength(2)
  })
})
