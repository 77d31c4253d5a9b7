import { minutes } from '../../src/lib/durations'
import { Fleet, type FleetAccount } from '../support/fleet'
import { deadlyBuild } from '../support/other-build'
import type { Spawned } from '../support/spawned'
import { until } from '../support/until'

jest.setTimeout(minutes(6))

const account = (id: number): FleetAccount => ({ id, timezone: 'UTC', history: 40, every: 0 })
const deadly = 13
const others = [1, 2]

/** Once, so that nothing but the test's own run is about. */
const onceAYear = { CTM_CRON: '0 0 1 1 *' }

describe('a sync that brings down every worker that performs it', () => {
  test('is isolated and told of while the others end well, and goes on where it no longer does', async () => {
    await using build = await deadlyBuild(deadly)
    await using fleet = await Fleet.open([deadly, ...others].map(account), onceAYear)
    const rows = async (query: string) => (await fleet.database.query<Record<string, unknown>>(query)).rows
    const syncs = async (where: string) =>
      rows(`select s.* from syncs s join accounts a on a.id = s.account_id where ${where} order by s.id`)

    await fleet.start('scheduler')
    await fleet.run()
    const stop = new AbortController()
    const workers = [1, 2].map(() => keepUp(fleet, build.entry, stop.signal))
    await until(
      'the others have ended well, and the deadly one is isolated',
      async () => {
        const done = await syncs(`a.external_id <> '${deadly}' and s.state = 'ok'`)
        const suspects = await rows(
          `select i.* from incidents i join syncs s on i.subject = 'sync ' || s.id join accounts a on a.id = s.account_id
           where i.kind = 'sync-isolated' and i.closed_at is null and a.external_id = '${deadly}'`,
        )
        return done.length === others.length && suspects.length === 1
      },
      minutes(4),
    )
    const [suspect] = await syncs(`a.external_id = '${deadly}'`)
    expect(suspect).toMatchObject({ failures: 0 })
    expect(Number(suspect?.['crashes_in_a_row'])).toBeGreaterThanOrEqual(2)
    stop.abort()
    await Promise.all(workers)

    await fleet.start('worker')
    await until(
      'it has ended well as well, and the incidents are over',
      async () => {
        const [run] = await rows('select state from runs')
        return (
          run?.['state'] === 'ok' &&
          (await rows('select from incidents where closed_at is null')).length === 0
        )
      },
      minutes(3),
    )
    for (const id of [deadly, ...others]) expect([id, await fleet.differences(id)]).toEqual([id, []])
  })
})

/** A worker that is started again whenever it dies, as by the platform that it runs on. */
async function keepUp(fleet: Fleet, entry: string, signal: AbortSignal): Promise<void> {
  let worker: Spawned | undefined
  signal.addEventListener('abort', () => worker?.signal('SIGKILL'))
  while (!signal.aborted) {
    worker = (await fleet.spawn('worker', {}, { entry })).spawned
    await worker.ended()
  }
}
