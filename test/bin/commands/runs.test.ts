import { testDatabase } from '../../support/database'
import { addAccount, addRun } from '../../support/fleet-history'
import { consoleOf } from './console'

const setup = async () => {
  const database = await testDatabase()
  const acme = await addAccount(database, 'ctm', 'acme')
  const bolt = await addAccount(database, 'ctm', 'bolt')
  await addRun(database, {
    job: 'ctm',
    state: 'partial',
    startedAgo: 7200,
    took: 65,
    syncs: [
      { account: acme, state: 'ok', inserted: 12 },
      { account: bolt, state: 'failed' },
    ],
  })
  await addRun(database, { job: 'cdk', state: 'ok', startedAgo: 3600, took: 2 })
  const { type } = consoleOf(database)
  return { type, [Symbol.asyncDispose]: async () => database[Symbol.asyncDispose]() }
}

describe('runs list', () => {
  test('shows runs, latest first, with the sums over their syncs', async () => {
    await using world = await setup()
    const { code, printed } = await world.type(['runs', 'list'])
    expect(code).toBe(0)
    expect(printed.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      [
        'RUN',
        'JOB',
        'KIND',
        'STATE',
        'STARTED',
        'TOOK',
        'SYNCS',
        'OK',
        'FAILED',
        'SKIPPED',
        'OPEN',
        'ROWS',
        'REJECTED',
      ],
      ['2', 'cdk', 'slot', 'ok', expect.any(String), '2 s', '0', '0', '0', '0', '0', '0', '0'],
      ['1', 'ctm', 'slot', 'partial', expect.any(String), '1 min 5 s', '2', '1', '1', '0', '0', '12', '0'],
    ])
  })

  test('shows those of one job, and as many as asked for, in JSON too', async () => {
    await using world = await setup()
    const listed = async (...options: string[]) =>
      JSON.parse((await world.type(['runs', 'list', '--json', ...options])).printed) as unknown[]
    expect(await listed('--job', 'ctm')).toMatchObject([{ id: '1', syncs: 2, rows: '12' }])
    expect(await listed('--limit', '1')).toMatchObject([{ id: '2' }])
    expect(await listed('--job', 'salesforce')).toEqual([])
    expect(await world.type(['runs', 'list', '--limit', 'many'])).toMatchObject({ code: 2 })
  })
})

describe('runs show', () => {
  test('shows a run and its syncs, those that need a look first', async () => {
    await using world = await setup()
    const { code, printed } = await world.type(['runs', 'show', '1'])
    expect(code).toBe(0)
    const [head, titles, ...syncs] = printed.split('\n')
    expect(head).toMatch(/^run 1 of ctm: partial, slot \(due \S+Z\), live$/)
    expect(titles).toMatch(/^SYNC +CLIENT +ACCOUNT +STATE +TOOK +ATTEMPTS +READ +NEW/)
    expect(syncs.map((line) => line.split(/ {2,}/).slice(1, 4))).toEqual([
      ['bolt', 'bolt-account', 'failed'],
      ['acme', 'acme-account', 'ok'],
    ])
    expect(syncs[0]).toContain('vendor_unavailable')
    expect(JSON.parse((await world.type(['runs', 'show', '1', '--json'])).printed)).toMatchObject({
      id: '1',
      state: 'partial',
      syncs: [
        { client: 'bolt', state: 'failed' },
        { client: 'acme', inserted: '12' },
      ],
    })
  })

  test('says that a run is unknown, and that an id is none', async () => {
    await using world = await setup()
    expect(await world.type(['runs', 'show', '4711'])).toEqual({
      code: 1,
      printed: '',
      complaint: 'there is no run 4711; see `syncfleet runs list`',
    })
    expect(await world.type(['runs', 'show', 'run-1'])).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('expected an id: digits, as the lists show it'),
    })
  })
})
