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
  return { type, database, [Symbol.asyncDispose]: async () => database[Symbol.asyncDispose]() }
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
        'PARTIAL',
        'FAILED',
        'DEFERRED',
        'SKIPPED',
        'CANCELLED',
        'OPEN',
        'ROWS',
        'REJECTED',
      ],
      ['2', 'cdk', 'slot', 'ok', expect.any(String), '2 s', ...Array<string>(10).fill('0')],
      ['1', 'ctm', 'slot', 'partial', expect.any(String), '1 min 5 s', ...'2 1 0 1 0 0 0 0 12 0'.split(' ')],
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

  test('says what each sync waits for, and why it was put off, with its last error; a dead letter is told by its error', async () => {
    await using world = await setup()
    const told = async (state: string, reason: string | null, message: string | null) => {
      await world.database.query(
        `update syncs set state = $1, reason = $2, error_message = $3,
           settled_at = case when $1 <> 'waiting' then clock_timestamp() end,
           error_code = case when $3::text is not null then 'vendor_unavailable' end where id = 2`,
        [state, reason, message],
      )
      const line = (await world.type(['runs', 'show', '1'])).printed
        .split('\n')
        .find((row) => row.includes('bolt'))
      const { printed } = await world.type(['syncs', 'show', '2'])
      const reasonOf = line?.split(/ {2,}/).at(-1) ?? ''
      expect(printed).toContain(`: ${state}${reasonOf === '-' ? '' : ` (${reasonOf})`}\n`)
      return reasonOf
    }
    const open = 'circuit breaker of account 2 open until 2026-11-22 06:00:00 UTC: status 503'
    expect(await told('waiting', open, 'status 503')).toBe(open)
    expect(await told('waiting', 'backing off after a failure', 'status 503')).toBe(
      'backing off after a failure; vendor_unavailable: status 503',
    )
    expect(await told('skipped', 'parked', null)).toBe('parked')
    expect(await told('failed', 'retried', 'status 503')).toBe('vendor_unavailable: status 503')
    expect(await told('ok', null, null)).toBe('-')
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
