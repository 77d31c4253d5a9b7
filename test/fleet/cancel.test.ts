import { minutes } from '../../src/lib/durations'
import { commandLine } from '../support/command-line'
import { Fleet, type FleetAccount } from '../support/fleet'
import { until } from '../support/until'
import { strayPages, watchPages } from '../support/watch-pages'

jest.setTimeout(minutes(4))

const account = (id: number): FleetAccount => ({ id, timezone: 'America/Chicago', history: 800, every: 0 })
const accounts = [account(1), account(2), account(3)]

/** One run at a time, the test's own; two places, so that the third of three syncs waits. */
const env = { CTM_CRON: '0 0 1 1 *', WORKER_CONCURRENCY: '2' }

describe('cancelling from the command line', () => {
  let fleet: Fleet
  beforeEach(async () => {
    fleet = await Fleet.open(accounts, env)
    await watchPages(fleet.database)
  })
  afterEach(async () => fleet[Symbol.asyncDispose]())

  const rows = async (query: string) => (await fleet.database.query<Record<string, unknown>>(query)).rows
  const syncs = async () =>
    rows(
      `select s.id, a.external_id as account, s.state, s.pages, s.reason from syncs s join accounts a on a.id = s.account_id
       order by s.id`,
    )
  /** How long it took is for the fault report to judge. */
  const tellSeconds = async (what: string): Promise<void> => {
    const [took] = await rows(
      `select extract(epoch from max(s.settled_at) - max(l.at))::float8 as seconds
       from syncs s, audit_log l where s.state = 'cancelled' and l.action like 'cancel %'`,
    )
    process.stdout.write(`${what}: over ${String(took?.['seconds'])} s after it was asked for\n`)
  }
  /** The next run goes on where they were, and in the end nothing is missing. */
  const goOn = async (): Promise<void> => {
    fleet.sandbox.faults.clear()
    await fleet.run()
    await until('the next run is over', async () => {
      const [latest] = await rows('select state from runs order by id desc limit 1')
      return latest?.['state'] === 'ok'
    })
    for (const { id } of accounts) expect([id, await fleet.differences(id)]).toEqual([id, []])
    expect((await strayPages(fleet.database)).strays).toEqual([])
    expect(await rows('select * from cancellations')).toEqual([])
  }

  test('ends a sync that hangs in a call, one that hangs in a statement, and one that waits', async () => {
    const worker = await fleet.start('worker')
    fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm', path: '/accounts/1/', skip: 2 })
    await holdPagesOf(2)
    await fleet.database.session(async (gate) => {
      await gate.query('select pg_advisory_lock(7008)')
      await fleet.run()
      await until('two hang and the third waits', async () => {
        const [first, second, third] = await syncs()
        return (
          fleet.sandbox.faults.pending === 0 &&
          Number(first?.['pages']) > 0 &&
          Number(second?.['pages']) > 0 &&
          third?.['state'] === 'waiting' &&
          (await isAtTheGate())
        )
      })

      const words = ['runs', 'cancel', '1', '--reason', 'the vendor is in trouble']
      const said = await commandLine(fleet.env, ...words)
      expect(said).toEqual({ code: 0, printed: 'run 1 cancelled: 3 syncs ended', complaint: '' })
    })

    await tellSeconds('a call, a statement and a sync that waits')
    const ended = await syncs()
    expect(ended).toMatchObject(
      [1, 2, 3].map((id) => ({
        account: String(id),
        state: 'cancelled',
        reason: 'cancelled by ada: the vendor is in trouble',
      })),
    )
    expect(await rows('select state, cancelled_by, cancel_reason from runs')).toEqual([
      { state: 'cancelled', cancelled_by: 'ada', cancel_reason: 'the vendor is in trouble' },
    ])
    // By the worker itself, under its fence.
    expect(await rows('select outcome from attempts')).toEqual([
      { outcome: 'cancelled' },
      { outcome: 'cancelled' },
    ])
    const kept = await rows(
      `select a.external_id as account, coalesce(p.position, p.cursor) is not null as "hasPlace", count(c.*)::int > 0 as "hasCalls"
       from stream_states p join accounts a on a.id = p.account_id left join ctm_calls c on c.account_id = a.id
       group by 1, 2 order by 1`,
    )
    expect(kept).toEqual(['1', '2'].map((id) => ({ account: id, hasPlace: true, hasCalls: true })))

    expect(await commandLine(fleet.env, 'runs', 'cancel', '1')).toMatchObject({
      code: 1,
      complaint: 'run 1 is over: cancelled',
    })
    expect(worker.exitCode).toBeNull()
    await goOn()
  })

  test('ends a sync whose worker is frozen, and keeps it from writing when it wakes', async () => {
    const frozen = await fleet.start('worker')
    for (const { id } of accounts)
      fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm', path: `/accounts/${id}/`, skip: 1 })
    await fleet.run()
    await until('the first has a page and hangs', async () => {
      const [first] = await syncs()
      return Number(first?.['pages']) > 0 && fleet.sandbox.faults.pending < 3
    })
    frozen.signal('SIGSTOP')

    const said = await commandLine(fleet.env, 'syncs', 'cancel', '1', '--reason', 'frozen')
    expect(said).toEqual({ code: 0, printed: 'sync 1 cancelled; what it has written stays', complaint: '' })
    await tellSeconds('a frozen worker')
    const [before] = await syncs()
    expect(before).toMatchObject({ state: 'cancelled', reason: 'cancelled by ada: frozen' })

    frozen.signal('SIGCONT')
    await frozen.logged('attempt lost', ({ syncId }) => syncId === '1')
    expect((await syncs())[0]).toEqual(before)
    fleet.sandbox.faults.clear()
    await commandLine(fleet.env, 'runs', 'cancel', '1')
    await goOn()
  })

  /** From its second page on, an account's writing waits at a gate: an advisory lock that the test holds. */
  async function holdPagesOf(externalId: number): Promise<void> {
    await fleet.database.query(
      `create function wait_at_gate() returns trigger language plpgsql as $$ begin
         if (select s.pages from syncs s join accounts a on a.id = s.account_id
             where a.external_id = '${externalId}' and a.id = new.account_id order by s.id desc limit 1) >= 1 then
           perform pg_advisory_lock_shared(7008);
           perform pg_advisory_unlock_shared(7008);
         end if;
         return null;
       end $$`,
    )
    await fleet.database.query(
      'create trigger wait_at_gate after insert on ctm_calls for each row execute function wait_at_gate()',
    )
  }

  const isAtTheGate = async () =>
    (
      await rows(
        `select from pg_locks where locktype = 'advisory' and objid = 7008 and not granted
           and pid in (select pid from pg_stat_activity where application_name like 'syncfleet worker%')`,
      )
    ).length > 0
})
