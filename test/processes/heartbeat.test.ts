import { fleetProcesses, forgetLostProcesses } from '../../src/ledger/fleet-processes'
import { Heartbeat } from '../../src/processes/heartbeat'
import { testDatabase } from '../support/database'
import { until } from '../support/until'

const setup = async () => {
  const database = await testDatabase()
  const failures: unknown[] = []
  const heartbeat = new Heartbeat({
    database,
    kind: 'worker',
    identity: '7-abc@host',
    active: () => ({ ctm: 2, cdk: 0 }),
    failed: (error) => failures.push(error),
  })
  return { database, heartbeat, failures }
}

describe('Heartbeat', () => {
  test('tells the ledger of a process and what it has in hand, until it stops', async () => {
    const { database, heartbeat, failures } = await setup()
    await using _ = database
    heartbeat.start()
    const [found] = await until('a sign of life', async () => {
      const processes = await fleetProcesses(database)
      return processes.length > 0 && processes
    })
    expect(found).toMatchObject({ id: '7-abc@host', kind: 'worker', active: { ctm: 2 }, isGone: false })
    expect(found?.rss).toBeGreaterThan(10 * 2 ** 20)
    await heartbeat[Symbol.asyncDispose]()
    expect(await fleetProcesses(database)).toEqual([])
    expect(failures).toEqual([])
  })

  test('leaves no trace of a process that never started', async () => {
    const { database, heartbeat } = await setup()
    await database[Symbol.asyncDispose]()
    await heartbeat[Symbol.asyncDispose]()
    await expect(heartbeat[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })
})

describe('forgetLostProcesses', () => {
  test('forgets what was not heard of for a day, and shows as gone what was not for a minute', async () => {
    await using database = await testDatabase()
    await database.query(
      `insert into fleet_processes (id, kind, build, started_at, seen_at, rss)
       select age, 'worker', '1', now(), now() - age::interval, 1 from unnest(array['25 hours', '2 minutes', '1 second']) age`,
    )
    await forgetLostProcesses(database)
    const processes = await fleetProcesses(database)
    expect(processes.map(({ id, isGone }) => [id, isGone])).toEqual([
      ['1 second', false],
      ['2 minutes', true],
    ])
  })
})
