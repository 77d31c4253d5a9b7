import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { jobIds } from '../../../src/job/define-job'
import type { Database } from '../../../src/ledger/postgres/database'
import { runBullId } from '../../../src/queue/bull-jobs'
import { testDatabase } from '../../support/database'
import { addAccount, addRun } from '../../support/fleet-history'
import { TestQueues } from '../../support/queues'
import { testRedis } from '../../support/redis'
import { consoleOf } from './console'

const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>

/** Takes connections and says nothing. */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('jobs list', () => {
  test('shows every job: what runs with its next slot, what is off with the reason', async () => {
    await using database = await testDatabase()
    const acme = await addAccount(database, 'ctm', 'acme')
    await addAccount(database, 'ctm', 'bolt')
    await addRun(database, {
      job: 'ctm',
      state: 'ok',
      startedAgo: 20,
      took: 5,
      syncs: [{ account: acme, state: 'ok', inserted: 3 }],
    })
    const { type } = consoleOf(database, { CDK_MODE: 'off' })
    const { code, printed } = await type(['jobs', 'list'])

    expect(code).toBe(0)
    const [head, ...lines] = printed.split('\n')
    expect(head).toMatch(/^JOB +MODE +SCHEDULE +OVERRIDES +NEXT SLOT +LAST SLOT +LAST RUN +FRESH ACCOUNTS$/)
    expect(lines).toHaveLength(jobIds.length)
    const lineOf = (job: string) => lines.find((line) => line.startsWith(`${job} `))
    expect(lineOf('ctm')).toMatch(
      /live +Every 5 seconds \(America\/Chicago\) +- +\d{4}-\S+Z +ran +ok \(run 1\) +1 of 2$/,
    )
    expect(lineOf('cdk')).toMatch(/off: switched off by configuration .* - +- +- +-$/)
  })

  test('says all of it in JSON', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database, { CTM_MODE: 'off' })
    const { printed } = await type(['jobs', 'list', '--json'])
    const jobs = JSON.parse(printed) as Record<string, unknown>[]

    expect(jobs).toHaveLength(jobIds.length)
    expect(jobs.find(({ id }) => id === 'ctm')).toMatchObject({
      title: 'CTM',
      mode: 'off',
      offReason: 'switched off by configuration',
      cron: '*/5 * * * * *',
      attempts: 6,
      nextSlot: null,
      lastRuns: [],
      streams: [{ name: 'calls', kind: 'upsert', table: 'ctm_calls' }],
    })
  })
})

describe('jobs show', () => {
  test('shows one job in full', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    const { code, printed } = await type(['jobs', 'show', 'ctm'])

    expect(code).toBe(0)
    expect(printed).toContain('CTM (ctm): Tracked calls')
    expect(printed).toMatch(/^schedule +Every 5 seconds: \*\/5 \* \* \* \* \* in America\/Chicago$/m)
    expect(printed).toMatch(/^last run +-$/m)
    expect(printed).toMatch(/^freshness +no accounts, objective 2 h$/m)
    expect(printed).toMatch(/^retries +6 attempts, backoff 1 s up to 5 s$/m)
    expect(printed).toMatch(/^streams +calls \(upsert\) into ctm_calls$/m)
    expect(parsed((await type(['jobs', 'show', 'ctm', '--json'])).printed)).toMatchObject({ id: 'ctm' })
  })

  test('names the job that was probably meant', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)

    for (const line of [
      ['jobs', 'show', 'cmt'],
      ['jobs', 'run', 'cmt'],
      ['slots', 'cmt'],
      ['runs', 'list', '--job', 'cmt'],
    ]) {
      expect(await type(line)).toEqual({
        code: 2,
        printed: '',
        complaint: expect.stringMatching(
          /^there is no job "cmt"; did you mean ctm\? Expected one of salesforce, /,
        ),
      })
    }
    expect((await type(['jobs', 'show', 'hubspot-sync'])).complaint).not.toContain('did you mean')
  })
})

describe('jobs run', () => {
  const setup = async () => {
    const database = await testDatabase()
    const queues = await TestQueues.open()
    const accounts = {
      acme: await addAccount(database, 'ctm', 'acme'),
      bolt: await addAccount(database, 'ctm', 'bolt'),
      cold: await addAccount(database, 'ctm', 'cold', { enabled: false }),
    }
    const { type } = consoleOf(database, { REDIS_URL: testRedis().url, QUEUE_PREFIX: queues.prefix })
    return {
      database,
      accounts,
      queued: async (runId: string) => (await queues.queues.runs.getJob(runBullId(runId)))?.data,
      run: async (...options: string[]) => type(['jobs', 'run', 'ctm', ...options]),
      [Symbol.asyncDispose]: async () => {
        await queues[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  }
  const syncedAccounts = async (database: Database) =>
    (
      await database.query<{ account: string }>('select account_id as account from syncs order by id')
    ).rows.map(({ account }) => account)
  const audit = async (database: Database) =>
    (await database.query('select actor, via, action, subject, after, reason, outcome from audit_log')).rows

  test('starts a run for every enabled account, in the ledger and in the queue, with who and why', async () => {
    await using world = await setup()
    expect(await world.run('--reason', 'after the outage')).toEqual({
      code: 0,
      printed: 'run 1 of ctm started; `syncfleet runs show 1` tells how it gets on',
      complaint: '',
    })
    expect(await world.queued('1')).toEqual({ kind: 'run', runId: '1', version: 1 })
    expect(await syncedAccounts(world.database)).toEqual([world.accounts.acme, world.accounts.bolt])
    expect(await audit(world.database)).toEqual([
      {
        actor: 'ada',
        via: 'cli',
        action: 'run now',
        subject: 'job ctm',
        after: { run: '1', accounts: 'all', streams: 'all' },
        reason: 'after the outage',
        outcome: 'done',
      },
    ])
    const { rows } = await world.database.query('select kind, requested_by, reason from runs')
    expect(rows).toEqual([{ kind: 'manual', requested_by: 'ada', reason: 'after the outage' }])
  })

  test.each([
    ['a client id', 'acme'],
    ['an external id', 'acme-account'],
    ['an account id', ''],
    ['the same account twice', ' acme , acme-account,'],
  ])('takes only the accounts named: %s', async (_, name) => {
    await using world = await setup()
    expect(await world.run('--accounts', name || world.accounts.acme)).toMatchObject({ code: 0 })
    expect(await syncedAccounts(world.database)).toEqual([world.accounts.acme])
    expect(await audit(world.database)).toMatchObject([{ after: { accounts: ['acme'] } }])
  })

  test('refuses names that fit no account, and accounts that are disabled, before it starts anything', async () => {
    await using world = await setup()
    expect(await world.run('--accounts', 'acme,nobody,nowhere')).toMatchObject({
      code: 1,
      complaint:
        '--accounts: no account of ctm is named nobody, nowhere (`accounts list --job ctm` shows all)',
    })
    expect(await world.run('--accounts', 'acme,cold')).toMatchObject({
      code: 1,
      complaint: '--accounts: disabled: cold (`accounts list --job ctm` shows all)',
    })
    expect(await world.run('--accounts', ' , ')).toMatchObject({ code: 2 })
    expect(await syncedAccounts(world.database)).toEqual([])
    expect(await audit(world.database)).toEqual([])
  })

  test('says why a job that is off does not run', async () => {
    await using database = await testDatabase()
    expect(await consoleOf(database, { CTM_MODE: 'off' }).type(['jobs', 'run', 'ctm'])).toEqual({
      code: 1,
      printed: '',
      complaint: 'ctm is off: set CTM_MODE to live or shadow to run it',
    })
  })

  test('says that there was nothing to do', async () => {
    await using world = await setup()
    await world.run()
    expect(await world.run('--accounts', 'acme')).toMatchObject({
      code: 0,
      printed: 'run 2 of ctm had nothing to do; `syncfleet runs show 2` tells why',
    })
    expect(await world.queued('2')).toBeUndefined()
  })

  test('tells programs the run', async () => {
    await using world = await setup()
    const { code, printed } = await world.run('--json')
    expect(code).toBe(0)
    expect(parsed(printed)).toMatchObject({ id: '1', job: 'ctm', kind: 'manual', state: 'running' })
  })

  test('fails with what to expect where Redis does not answer, and the run stands in the ledger', async () => {
    await using world = await setup()
    const silent = createServer((socket) => void socket.resume())
    const port = await listen(silent)
    const { type } = consoleOf(world.database, { REDIS_URL: `redis://127.0.0.1:${port}` })
    expect(await type(['jobs', 'run', 'ctm'])).toEqual({
      code: 1,
      printed: '',
      complaint:
        'run 1 stands in the ledger, but Redis cannot be reached; the scheduler queues its syncs once it can',
    })
    expect(await syncedAccounts(world.database)).toHaveLength(2)
    expect(await audit(world.database)).toHaveLength(1)
    silent.close()
  })
})
