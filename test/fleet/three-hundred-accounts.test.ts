import { days, minutes, seconds } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { consoleOf } from '../bin/commands/console'
import { Fleet, type FleetAccount } from '../support/fleet'
import { until } from '../support/until'

jest.setTimeout(minutes(10))

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

const revoked = range(11, 15)
const limited = range(101, 110)
const garbled = 200
const troubled = [...revoked, ...limited, garbled]

const accounts = range(1, 300).map((id): FleetAccount => ({
  id,
  timezone: 'America/Chicago',
  history: 0,
  every: 0,
}))
const processes = 2
const placesEach = 4

/** A sync of the run as `runs show --json` tells of it. */
interface ShownSync {
  readonly account: string
  readonly state: string
  readonly reason: string | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly waitUntil: string | null
}

describe('a run of 300 accounts, some of them in trouble', () => {
  let fleet: Fleet
  let runId: string
  beforeAll(async () => {
    fleet = await Fleet.open(accounts, { CTM_CONCURRENCY: String(placesEach), VENDOR_BUCKET_SCALE: '20' })
    await fleet.database.query(`update accounts set settings = '{"first_load_months": 1}'`)
    const { vendors, faults } = fleet.sandbox
    for (const { id } of accounts) {
      for (const daysAgo of [1, 2, 9])
        vendors.ctm.addCall(id, Math.floor((Date.now() - days(daysAgo)) / seconds(1)))
    }
    for (const id of revoked) vendors.ctm.revoke(`access-${id}`)
    for (const id of limited) {
      faults.add({ kind: 'status', status: 429, retryAfter: 30, path: `/accounts/${id}/`, times: 1_000_000 })
    }
    faults.add({ kind: 'html', path: `/accounts/${garbled}/`, times: 1_000_000 })
    // What a sync waits for its vendor is what keeps a place busy.
    faults.add({ kind: 'slow', milliseconds: 300, vendor: 'ctm', times: 1_000_000 })
    for (let started = 0; started < processes; started += 1) await fleet.start('worker')
    await fleet.run()
    runId = only(await fleet.database.query<{ id: string }>('select id from runs')).id
  })
  afterAll(async () => fleet[Symbol.asyncDispose]())

  const shown = async (): Promise<Map<number, ShownSync>> => {
    const { printed } = await consoleOf(fleet.database).type(['runs', 'show', runId, '--json'])
    const { syncs } = JSON.parse(printed) as { readonly syncs: readonly ShownSync[] }
    return new Map(syncs.map((sync) => [Number(sync.account), sync]))
  }
  const isWaiting = ({ state }: ShownSync): boolean => state === 'waiting' || state === 'running'

  test('reads the 284 others while the 16 are in trouble, and says of each of those what it is', async () => {
    const syncs = await until(
      'all but the rate-limited ones are settled, and those wait',
      async () => {
        const now = await shown()
        const open = [...now.values()].filter(isWaiting)
        const areWaiting = open.every(({ state }) => state === 'waiting')
        return now.size === accounts.length && open.length === limited.length && areWaiting && now
      },
      minutes(5),
    )
    const of = (id: number) => syncs.get(id)
    for (const { id } of accounts.filter((account) => !troubled.includes(account.id))) {
      expect(of(id)).toMatchObject({ state: 'ok', reason: null })
    }
    for (const id of revoked) {
      expect(of(id)).toMatchObject({ state: 'failed', errorCode: 'vendor_auth' })
      expect(of(id)?.errorMessage).toContain('401')
    }
    for (const id of limited) {
      const sync = of(id)
      expect(sync).toMatchObject({ state: 'waiting', errorCode: 'rate_limited' })
      expect(sync?.reason).toMatch(/^waiting for vendor until .*UTC$/)
      expect(sync?.errorMessage).toContain('status 429, wait 30 s')
      expect(sync?.waitUntil).not.toBeNull()
    }
    expect(of(garbled)).toMatchObject({ state: 'failed', errorCode: 'vendor_response' })
  })

  test('parks each revoked credential, and nothing else', async () => {
    const { rows } = await fleet.database.query<{ id: string }>(
      'select id from credentials where parked_at is not null order by length(id), id',
    )
    expect(rows.map(({ id }) => id)).toEqual(revoked.map((id) => `key-${id}`))
    const parked = await fleet.database.query('select 1 from accounts where parked_at is not null')
    expect(parked.rowCount).toBe(0)
    const incidents = await fleet.database.query<{ subject: string }>(
      `select subject from incidents where kind = 'credential-parked' and closed_at is null order by id`,
    )
    expect(incidents.rows.map(({ subject }) => subject).toSorted()).toEqual(
      revoked.map((id) => `credential key-${id}`),
    )
  })

  test('spends no attempt on what is rate-limited, and holds no place for it', async () => {
    const { rows } = await fleet.database.query<{ failures: number; outcomes: string[] }>(
      `select s.failures, array(select distinct outcome from attempts where sync_id = s.id) as outcomes
       from syncs s join accounts a on a.id = s.account_id where a.external_id = any ($1)`,
      [limited.map(String)],
    )
    expect(rows).toHaveLength(limited.length)
    // One whose time is over may just be asking again.
    for (const { failures, outcomes } of rows) {
      expect(failures).toBe(0)
      expect(['waiting', 'running']).toEqual(expect.arrayContaining(outcomes))
    }
  })

  test('keeps every place busy while a sync is ready', async () => {
    const { busy, span } = only(
      await fleet.database.query<{ busy: number; span: number }>(
        // As long as one was still to begin, there was one that was ready.
        `with given as (select min(started_at) as since, max(started_at) filter (where number = 1) as until from attempts)
         select extract(epoch from until - since)::float8 as span,
           (select sum(extract(epoch from least(ended_at, until) - started_at))::float8
            from attempts where started_at < until) as busy
         from given`,
      ),
    )
    // Picking up the next one takes a while that nobody counts as work.
    expect(busy / (span * processes * placesEach)).toBeGreaterThan(0.5)
  })

  test('ends partial once the vendor lets the rate-limited ones in: 294 read, 6 dead letters', async () => {
    const before = await shown()
    expect([...before.values()].filter(isWaiting)).toHaveLength(limited.length)
    fleet.sandbox.faults.clear()
    const state = await until(
      'the run is settled',
      async () => {
        const run = only(
          await fleet.database.query<{ state: string }>('select state from runs where id = $1', [runId]),
        )
        return run.state !== 'running' && run.state
      },
      minutes(5),
    )
    expect(state).toBe('partial')
    const after = await shown()
    for (const id of limited) expect(after.get(id)).toMatchObject({ state: 'ok' })
    const states = [...after.values()].map((sync) => sync.state)
    expect(states.filter((of) => of === 'ok')).toHaveLength(294)
    expect(states.filter((of) => of === 'failed')).toHaveLength(6)
    const read = [...after].filter(([, sync]) => sync.state === 'ok')
    for (const [id] of read) expect([id, await fleet.differences(id)]).toEqual([id, []])
  })
})
