import { VendorRequestError } from '../../../src/job/errors'
import { Disposables } from '../../../src/lib/disposables'
import { signatureOf } from '../../../src/lib/error-signature'
import { syncBullId } from '../../../src/queue/bull-jobs'
import { freePort } from '../../../src/processes/local/ports'
import { Engine } from '../../support/engine'
import { parkByHand } from '../../support/ledger'
import { TestQueues } from '../../support/queues'
import { testRedis } from '../../support/redis'
import { consoleOf } from './console'

const signature = (message: string): string =>
  signatureOf({ errorClass: 'bug', code: 'vendor_request', message }).id
const refused = signature('page 1: status 400')
const gone = signature('page 1: status 404')

/** Three accounts, of which two failed in one way, and one in another. */
const setup = async (env: NodeJS.ProcessEnv = {}) => {
  const owned = new Disposables()
  const engine = owned.use(await Engine.open(3))
  const way = testRedis()
  const { queues } = owned.use(await TestQueues.open(way))
  const { syncIds } = await engine.plan()
  for (const [index, syncId] of syncIds.entries())
    await engine.attempt(syncId, async function* () {
      yield* []
      throw new VendorRequestError(`page ${index}: status ${index === 2 ? 404 : 400}`)
    })
  const { type } = consoleOf(engine.database, { REDIS_URL: way.url, QUEUE_PREFIX: way.prefix, ...env })
  return {
    engine,
    type: async (...line: string[]) => type(['dead-letters', ...line]),
    typeAny: type,
    stateInBull: async (syncId: string) =>
      (await queues.of('dealertrend').getJob(syncBullId(syncId)))?.getState(),
    states: async () => (await engine.rows('select state from syncs order by id')).map((row) => row['state']),
    [Symbol.asyncDispose]: async () => owned[Symbol.asyncDispose](),
  }
}

describe('dead-letters list', () => {
  test('shows the kinds of errors, those met last first', async () => {
    await using world = await setup()
    const { code, printed } = await world.type('list')
    expect(code).toBe(0)
    const [head, ...lines] = printed.split('\n').map((line) => line.split(/ {2,}/))
    expect(head).toEqual([
      'SIGNATURE',
      'JOB',
      'SYNCS',
      'ACCOUNTS',
      'OVERTAKEN',
      'FIRST SEEN',
      'SINCE BUILD',
      'LAST SEEN',
      'ERROR',
    ])
    const instant = expect.stringMatching(/^\d{4}-\S+Z$/)
    expect(lines).toEqual([
      [gone, 'dealertrend', '1', '1', '0', instant, 'test', instant, 'vendor_request: page #: status 404'],
      [refused, 'dealertrend', '2', '2', '0', instant, 'test', instant, 'vendor_request: page #: status 400'],
    ])
    expect(await world.type('list', '--job', 'ctm')).toMatchObject({ code: 0, printed: 'none' })
    expect(await world.type('list', '--job', 'ctn')).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('did you mean ctm?'),
    })
    expect(JSON.parse((await world.type('list', '--json')).printed)).toMatchObject([
      { signature: gone, syncs: 1 },
      { signature: refused, syncs: 2, accounts: 2, errorClass: 'bug', message: 'page 1: status 400' },
    ])
  })
})

describe('dead-letters show', () => {
  test('shows whose they are, with what each says of itself', async () => {
    await using world = await setup()
    const { printed } = await world.type('show', refused)
    const lines = printed.split('\n')
    expect(lines.slice(0, 2)).toEqual([
      `${refused} of dealertrend: vendor_request: page #: status 400`,
      'dead letters 2, of 2 accounts',
    ])
    expect(lines[2]).toMatch(/^first seen {3}\d{4}-\S+Z, build test$/)
    expect(lines[4]).toMatch(/^SYNC +RUN +CLIENT +ACCOUNT +FAILED +ATTEMPTS +PAGES +MESSAGE$/)
    expect(lines[5]).toMatch(/^2 +1 +dealertrend-client-2 +1002 +\S+Z +1 +0 +page 1: status 400$/)
    expect(lines).toHaveLength(7)
    expect((await world.type('show', refused, '--limit', '1')).printed).toMatch(/\nand 1 more: see --limit$/)
    expect(JSON.parse((await world.type('show', refused, '--json')).printed)).toMatchObject({
      groups: [{ signature: refused }],
      deadLetters: [{ syncId: '2', account: '1002' }, { syncId: '1' }],
    })
  })

  test('says that a signature is unknown, and which one may be meant', async () => {
    await using world = await setup()
    const nearly = `${refused.slice(0, -1)}x`
    expect(await world.type('show', nearly)).toEqual({
      code: 1,
      printed: '',
      complaint: `there is no dead letter with the signature ${nearly}; did you mean ${refused}? See \`syncfleet dead-letters list\``,
    })
    expect((await world.type('show', 'zzzz', '--discarded')).complaint).toBe(
      'there is no discarded dead letter with the signature zzzz; see `syncfleet dead-letters list --discarded`',
    )
  })
})

describe('dead-letters retry', () => {
  test('queues a group again, and says what became of it', async () => {
    await using world = await setup()
    expect(await world.type('retry', refused, '--reason', 'mended')).toEqual({
      code: 0,
      printed: '2 reopened; `syncfleet runs list` tells how they get on',
      complaint: '',
    })
    expect(await world.states()).toEqual(['waiting', 'waiting', 'failed'])
    expect(await world.stateInBull('1')).toBe('waiting')
    expect(await world.stateInBull('3')).toBeUndefined()
    expect(await world.engine.sync('1')).toMatchObject({ reason: 'retried by ada: mended' })
  })

  test('spreads the starts by a rate', async () => {
    await using world = await setup()
    const { printed } = await world.type('retry', '--all', '--rate', '2/h', '--json')
    const { reopened } = JSON.parse(printed) as { reopened: { sync: string; startsInMs: number }[] }
    expect(reopened.map(({ sync }) => sync)).toEqual(['3', '2', '1'])
    expect(reopened[0]?.startsInMs).toBe(0)
    expect(reopened[2]?.startsInMs).toBeGreaterThan(50 * 60_000)
    expect(await world.stateInBull('3')).toBe('waiting')
    expect(await world.stateInBull('1')).toBe('delayed')
  })

  test('takes single syncs, and a job', async () => {
    await using world = await setup()
    expect(await world.type('retry', '--syncs', '1, 3', '--from-scratch')).toMatchObject({ code: 0 })
    expect(await world.states()).toEqual(['waiting', 'failed', 'waiting'])
    expect(await world.engine.sync('3')).toMatchObject({ reason: 'retried from scratch by ada' })
    expect(await world.type('retry', '--syncs', '1,2,99')).toMatchObject({
      code: 1,
      complaint:
        '--syncs: only failed syncs are dead letters, not 1 (waiting), 99 (unknown); nothing was done',
    })
    expect(await world.type('retry', '--job', 'dealertrend')).toMatchObject({ code: 0 })
    expect(await world.states()).toEqual(['waiting', 'waiting', 'waiting'])
  })

  test('says that there is nothing to retry', async () => {
    await using world = await setup()
    expect(await world.type('retry', '--job', 'ctm')).toEqual({
      code: 0,
      printed: 'no dead letters: nothing to retry',
      complaint: '',
    })
    expect(await world.type('retry', refused, '--job', 'ctm')).toMatchObject({
      code: 1,
      complaint: expect.stringContaining(`there is no dead letter of ctm with the signature ${refused}`),
    })
  })

  test('fails where every one of them has to stay, and says why', async () => {
    await using world = await setup()
    for (const account of world.engine.accounts)
      await parkByHand(world.engine.database, 'accounts', account, 'closed')
    expect(await world.type('retry', gone)).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/^1 left as it is: .*parked.*closed$/),
      complaint: 'nothing was retried',
    })
  })

  test('keeps what it reopened where Redis cannot be reached', async () => {
    await using world = await setup({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
    expect(await world.type('retry', gone)).toMatchObject({
      code: 1,
      complaint:
        '1 reopened in the ledger, but Redis cannot be reached; the scheduler queues what was reopened once it can',
    })
    expect(await world.states()).toEqual(['failed', 'failed', 'waiting'])
  })

  test.each([
    [[], 'say which: a signature, --job, --syncs or --all (see `syncfleet dead-letters list`)'],
    [['--all', '--job', 'ctm'], '--all and --syncs stand alone: give a signature or a job, or one of these'],
    [['--syncs', 'one'], '--syncs: expected ids of syncs with commas between, got "one"'],
    [['--all', '--rate', '0/min'], /expected a rate such as 10\/min: a number from 1 on per s, min or h/],
    [['--all', '--rate', '10'], /expected a rate such as 10\/min/],
  ] as const)('refuses %j', async (line, complaint) => {
    await using world = await setup()
    const typed = await world.type('retry', ...line)
    expect(typed.code).toBe(2)
    expect(typed.complaint).toMatch(complaint)
    expect(await world.states()).toEqual(['failed', 'failed', 'failed'])
  })
})

describe('dead-letters discard', () => {
  test('wants a reason, takes them out of the list, and keeps them to be looked at', async () => {
    await using world = await setup()
    expect(await world.type('discard', refused)).toMatchObject({
      code: 2,
      complaint: expect.stringContaining("required option '--reason <text>' not specified"),
    })
    expect(await world.type('discard', refused, '--reason', 'the client left')).toMatchObject({
      code: 0,
      printed: '2 discarded; `syncfleet dead-letters list --discarded` still shows them',
    })
    expect(JSON.parse((await world.type('list', '--json')).printed)).toMatchObject([{ signature: gone }])
    for (const command of ['show', 'retry'])
      expect(await world.type(command, refused)).toMatchObject({
        code: 1,
        complaint: `the dead letters of ${refused} are discarded; \`syncfleet dead-letters show ${refused} --discarded\` names their syncs, for \`retry --syncs\``,
      })
    expect((await world.type('show', refused, '--discarded')).printed).toMatch(
      /page 1: status 400; discarded by ada: the client left/,
    )
    expect(await world.type('discard', '--job', 'ctm', '--reason', 'x')).toMatchObject({
      code: 0,
      printed: 'no dead letters: nothing to discard',
    })
    expect(await world.states()).toEqual(['failed', 'failed', 'failed'])
  })
})

describe('syncs retry', () => {
  test('retries one failed sync, and says of others why not', async () => {
    await using world = await setup()
    expect(await world.typeAny(['syncs', 'retry', '2'])).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^1 reopened;/),
    })
    expect(await world.states()).toEqual(['failed', 'waiting', 'failed'])
    expect(await world.typeAny(['syncs', 'retry', '2'])).toEqual({
      code: 1,
      printed: '',
      complaint: 'sync 2 is waiting: only a failed one can be retried',
    })
    expect(await world.typeAny(['syncs', 'retry', '99'])).toMatchObject({
      code: 1,
      complaint: 'there is no sync 99; see `syncfleet dead-letters list`',
    })
    await parkByHand(world.engine.database, 'accounts', world.engine.accounts[0] ?? '', 'closed')
    expect(await world.typeAny(['syncs', 'retry', '1', '--json'])).toEqual({
      code: 1,
      printed: '',
      complaint: expect.stringMatching(/^sync 1 stays as it is: .*parked.*closed$/),
    })
    expect(await world.states()).toEqual(['failed', 'waiting', 'failed'])
  })
})
