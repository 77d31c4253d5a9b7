import { minutes } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { damage, type Outage, unharmed } from '../support/outages'
import { PostgresOutages } from '../support/postgres-outages'
import { until } from '../support/until'

jest.setTimeout(minutes(4))

describe('a fleet whose Postgres', () => {
  let world: PostgresOutages
  beforeAll(async () => (world = await PostgresOutages.open()))
  afterAll(async () => world[Symbol.asyncDispose]())

  /** No session of the fleet's is left. */
  const cutOff = async () =>
    world.postgres.admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'fleet' and pid <> pg_backend_pid()`,
    )
  /** Every page ends with this SQLSTATE from here on. */
  const failPages = async (state: string) => {
    await world.fleet.database.query(
      `create function fail_page() returns trigger language plpgsql as $$ begin
         raise exception 'as told by the test' using errcode = '${state}';
       end $$`,
    )
    await world.fleet.database.query(
      `create trigger fail_page before update of pages on syncs for each row
       when (new.pages > old.pages) execute function fail_page()`,
    )
  }
  const healPages = async () => world.fleet.database.query('drop function fail_page() cascade')

  const outages: readonly (readonly [string, () => Outage])[] = [
    [
      'turns read-only',
      () => ({
        begin: () => world.postgres.set('default_transaction_read_only', 'on'),
        end: () => world.postgres.set('default_transaction_read_only', undefined),
      }),
    ],
    [
      'has too many connections',
      () => ({
        begin: async () => {
          await world.postgres.admin.query('alter role fleet connection limit 0')
          await cutOff()
        },
        end: () => world.postgres.admin.query('alter role fleet connection limit -1'),
      }),
    ],
    [
      'has a full disk',
      () => ({
        begin: () => failPages('53100'),
        end: healPages,
        // The others write nothing that needs room.
        noticed: ({ spawned }) => spawned.command === 'worker',
      }),
    ],
  ]

  test.each(outages)('%s waits, says so once, and goes on', async (_what, outage) => {
    expect(await world.toldWrongly(outage())).toEqual([])
  })

  test('gives up transactions (40P01) has their syncs wait', async () => {
    const { database } = world.fleet
    const { now } = only(await database.query<{ now: Date }>('select clock_timestamp() as now'))
    await failPages('40P01')
    const hasWaited = await until('a sync has waited twice', async () => {
      const { rowCount } = await database.query(
        `select 1 from attempts where started_at > $1 and outcome = 'waiting' and error_code = 'storage_unavailable'
         group by sync_id having count(*) > 1`,
        [now],
      )
      return rowCount > 0
    })
    expect(hasWaited).toBe(true)
    await healPages()
  })

  test('does all of this has lost nothing, doubled nothing, and blamed nobody', async () => {
    expect(await damage(world.fleet)).toEqual(unharmed)
    expect(world.dead).toEqual([])
  })
})
