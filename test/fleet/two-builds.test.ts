import { minutes } from '../../src/lib/durations'
import { Fleet, type FleetAccount } from '../support/fleet'
import { newerBuild, type OtherBuild } from '../support/other-build'
import { until } from '../support/until'

jest.setTimeout(minutes(6))

const accounts: readonly FleetAccount[] = [
  { id: 881_001, timezone: 'America/Chicago', history: 40, every: 0 },
  { id: 881_002, timezone: 'UTC', history: 20, every: 0 },
]

/** A fleet with one scheduler and one worker, each of the build it is told. */
const setup = async (env: Readonly<Record<string, string>> = {}) => {
  const newer = await newerBuild()
  const fleet = await Fleet.open(accounts, env)
  const rows = async (query: string) => (await fleet.database.query<Record<string, unknown>>(query)).rows
  return {
    fleet,
    newer,
    rows,
    syncs: async (state: string) => (await rows(`select * from syncs where state = '${state}'`)).length,
    leadingBuild: async () => {
      const { rows: found } = await fleet.database.query<{ build: string }>('select build from leadership')
      return found[0]?.build ?? ''
    },
    [Symbol.asyncDispose]: async () => {
      await fleet[Symbol.asyncDispose]()
      await newer[Symbol.asyncDispose]()
    },
  }
}

const of = (build: OtherBuild) => ({ entry: build.entry })

describe('two builds side by side', () => {
  test('an older worker leaves what a newer scheduler has planned to a newer worker, and spends no attempt on it', async () => {
    await using world = await setup()
    await world.fleet.start('scheduler', {}, of(world.newer))
    const older = await world.fleet.start('worker')
    await until('the older worker has put a tick off', async () => {
      const [due] = await world.rows(
        `select count(*)::int as count from slots where job = 'ctm' and state = 'due' and due_at < now() - interval '6 seconds'`,
      )
      return Number(due?.['count'] ?? 0) > 0
    })
    expect(await world.rows(`select * from runs where job = 'ctm'`)).toEqual([])
    expect(older.exitCode).toBeNull()

    await world.fleet.start('worker', {}, of(world.newer))
    await until('the newer worker has synced every account', async () => (await world.syncs('ok')) >= 2)
    for (const { id } of accounts)
      await until(`account ${id} is copied`, async () => (await world.fleet.differences(id)).length === 0)
    expect(await world.rows('select * from syncs where failures > 0 or interruptions > 0')).toEqual([])
    expect(await world.rows(`select distinct build from attempts`)).toEqual([
      { build: expect.stringMatching(/^99\.0\.0/) },
    ])
  })

  test('a newer worker syncs what an older scheduler has planned', async () => {
    await using world = await setup()
    await world.fleet.start('scheduler')
    await world.fleet.start('worker', {}, of(world.newer))
    await until('every account is synced', async () => (await world.syncs('ok')) >= 2)
    expect(await world.rows('select * from syncs where failures > 0')).toEqual([])
    expect(await world.leadingBuild()).not.toMatch(/^99/)
  })

  test('a newer scheduler takes the lead from an older one, which does not take it back', async () => {
    await using world = await setup()
    const older = await world.fleet.start('scheduler')
    await until('the older one leads', async () => (await world.leadingBuild()) !== '')
    const newer = await world.fleet.start('scheduler', {}, of(world.newer))
    await newer.logged('lead taken')
    await older.logged('lead lost')
    const [{ term } = {}] = await world.rows('select term from leadership')
    await until('the newer one has led on for a while', async () => {
      const slots = await world.rows(`select from slots where created_at > (select max(at) from audit_log)`)
      return slots.length > 20
    })
    expect(await world.rows('select term from leadership')).toEqual([{ term }])
    expect(await world.leadingBuild()).toMatch(/^99\.0\.0/)
  })
})
