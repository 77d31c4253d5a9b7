import { minutes } from '../../src/lib/durations'
import { Fleet, type FleetAccount } from '../support/fleet'
import type { Spawned } from '../support/spawned'
import { until } from '../support/until'
import { strayPages, watchPages } from '../support/watch-pages'

jest.setTimeout(minutes(6))

const account: FleetAccount = { id: 7, timezone: 'America/Chicago', history: 2000, every: 0 }

/** Once, so that nothing but the frozen worker's sync is about. */
const onceAYear = { CTM_CRON: '0 0 1 1 *' }

describe('a worker frozen past its lock', () => {
  let fleet: Fleet
  beforeEach(async () => {
    fleet = await Fleet.open([account], onceAYear)
    await watchPages(fleet.database)
  })
  afterEach(async () => fleet[Symbol.asyncDispose]())

  test('between two pages writes nothing more when it wakes', async () => {
    const frozen = await fleet.start('worker')
    // The third request is never answered, so the worker is between two pages for as long as we like.
    fleet.sandbox.faults.add({ kind: 'hang', vendor: 'ctm', skip: 2 })
    await fleet.run()
    await until('the third request hangs', async () => fleet.sandbox.faults.pending === 0)

    await overtake(frozen)

    expect((await strayPages(fleet.database)).strays).toEqual([])
    expect(await fleet.differences(account.id)).toEqual([])
  })

  test('inside the transaction of a page writes nothing of it when it wakes', async () => {
    const frozen = await fleet.start('worker')
    await holdPagesFrom(3)
    await fleet.database.session(async (gate) => {
      await gate.query('select pg_advisory_lock(7007)')
      await fleet.run()
      await until('the third page is being written', async () => isAtTheGate())
      frozen.signal('SIGSTOP')
    })

    await overtake(frozen)

    expect((await strayPages(fleet.database)).strays).toEqual([])
    expect(await fleet.differences(account.id)).toEqual([])
  })

  /** Freezes the worker, has another one finish the sync, wakes the frozen one, and waits until it has understood. */
  async function overtake(frozen: Spawned): Promise<void> {
    frozen.signal('SIGSTOP')
    const other = await fleet.start('worker')
    await other.logged('sync settled', ({ state }) => state === 'ok')
    const before = await attempts()
    expect(before).toMatchObject([{ outcome: 'crashed' }, { outcome: 'ok' }])

    frozen.signal('SIGCONT')
    await frozen.logged('attempt lost')
    expect(await attempts()).toEqual(before)
    expect(await frozen.end('SIGTERM')).toBe(0)
  }

  const attempts = async () =>
    (await fleet.database.query('select number, fence, outcome, worker from attempts order by number')).rows

  /** From this page on, writing waits at a gate: an advisory lock that the test holds. */
  async function holdPagesFrom(page: number): Promise<void> {
    await fleet.database.query(
      `create function wait_at_gate() returns trigger language plpgsql as $$ begin
         if (select pages from syncs order by id desc limit 1) >= ${page - 1} then
           perform pg_advisory_lock_shared(7007);
           perform pg_advisory_unlock_shared(7007);
         end if;
         return null;
       end $$`,
    )
    await fleet.database.query(
      'create trigger wait_at_gate after insert on ctm_calls for each statement execute function wait_at_gate()',
    )
  }

  const isAtTheGate = async () => {
    const { rowCount } = await fleet.database.query(
      `select 1 from pg_locks where locktype = 'advisory' and objid = 7007 and not granted`,
    )
    return rowCount > 0
  }
})
