import { seconds } from '../src/lib/durations'
import { Fleet, type FleetAccount } from '../test/support/fleet'
import type { Spawned } from '../test/support/spawned'
import { until } from '../test/support/until'
import type { Bench, BenchContext } from './bench'
import { figureOf, median } from './measure'

const accounts: readonly FleetAccount[] = Array.from({ length: 120 }, (_, index) => ({
  id: 700_001 + index,
  timezone: 'UTC',
  history: 20,
  every: 0,
}))
/** Syncs at once in each worker: so few that the machine's cores are not what four workers run out of. */
const concurrency = 2
const answersAfter = 200
const fleetSizes = [1, 2, 4] as const

/** What another worker brings where the vendor is slow: real worker processes against a sandbox that takes its time. */
export const workers: Bench = {
  name: 'workers',
  title: `Syncs of ${accounts.length} accounts whose vendor answers after ${answersAfter} ms, ${concurrency} at once per worker`,
  rounds: 3,
  async run(context) {
    process.env['TEST_REDIS_URL'] = context.redisUrl
    process.env['TEST_DATABASE_URL'] = context.databaseUrl
    await using fleet = await Fleet.open(accounts, {
      CTM_CRON: '0 0 1 1 *',
      CTM_CONCURRENCY: String(concurrency),
      VENDOR_BUCKET_SCALE: '1000',
    })
    fleet.sandbox.faults.add({ kind: 'slow', milliseconds: answersAfter, times: 1_000_000 })
    // The first load of every account is no measure: it is a request for each month.
    await rateOf(fleet, 4, context)
    const rates = new Map(fleetSizes.map((size): [number, number[]] => [size, []]))
    for (let round = 0; round < context.rounds; round += 1)
      for (const size of round % 2 === 0 ? fleetSizes : fleetSizes.toReversed())
        rates.get(size)?.push(await rateOf(fleet, size, context))
    const of = (size: number) => rates.get(size) ?? []
    return fleetSizes.map((size) => {
      const name = size === 1 ? '1 worker' : `${size} workers`
      if (size === 1) return figureOf(name, 'syncs/s', of(size))
      const ratios = of(size).map((rate, round) => rate / (size * (of(1)[round] ?? Number.NaN)))
      const against = { yardstick: `${size} x 1 worker`, ratio: median(ratios), ratios }
      return { ...figureOf(name, 'syncs/s', of(size), { atLeast: 0.9 }), against }
    })
  },
}

/** Syncs per second of a run over all accounts, from its first attempt to its last settlement. */
async function rateOf(fleet: Fleet, size: number, { signal }: BenchContext): Promise<number> {
  const started: Spawned[] = []
  for (let index = 0; index < size; index += 1) started.push(await fleet.start('worker'))
  signal.throwIfAborted()
  // A process that has just started compiles its code while it works: that is start-up, not scaling.
  await runOf(fleet)
  const took = await runOf(fleet)
  await Promise.all(started.map((worker) => worker.end('SIGTERM')))
  return accounts.length / took
}

/** Seconds of a run over all accounts, from its first attempt to its settlement. */
async function runOf(fleet: Fleet): Promise<number> {
  await fleet.run()
  return until(
    'the run is settled',
    async () => {
      const { rows } = await fleet.database.query<{ took: number | null }>(
        `select (select extract(epoch from r.settled_at - min(s.started_at))::float8 from syncs s where s.run_id = r.id) as took
         from runs r order by r.id desc limit 1`,
      )
      return rows[0]?.took
    },
    seconds(300),
  )
}
