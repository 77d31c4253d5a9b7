import { randomBytes } from 'node:crypto'
import { Queue, Worker } from 'bullmq'
import { declaredSettings, jobIds, type Job } from '../src/job/define-job'
import { migrate } from '../src/ledger/migrate'
import { Database } from '../src/ledger/postgres/database'
import { Disposables } from '../src/lib/disposables'
import { seconds } from '../src/lib/durations'
import { wait } from '../src/lib/wait'
import { connect, ready, type Redis } from '../src/queue/connection'
import { alignJobSchedulers } from '../src/queue/job-schedulers'
import { createQueues } from '../src/queue/queues'
import { runConsumer } from '../src/queue/run-consumer'
import { SyncJobs } from '../src/queue/sync-jobs'
import { carryOutRun } from '../src/runs/slots/carry-out-run'
import { RunEvents } from '../src/telemetry/events'
import { silentLogger } from '../src/telemetry/logger'
import { Metrics } from '../src/telemetry/metrics'
import { jobs as definitions } from '../jobs'
import type { Bench, BenchContext } from './bench'
import { figureOf, median, quantile, type Figure, type Target } from './measure'

const secondsPerRound = 27

/** Of nine schedules, one is due each second: as in a deployment, no two of them at once. */
const patternOf = (index: number): string =>
  `${Array.from({ length: 60 }, (_, second) => second)
    .filter((second) => second % jobIds.length === index)
    .join(',')} * * * * *`

/** Milliseconds after its due instant, of every tick of a round. */
interface Lateness {
  /** Until its handler is called. */
  readonly picked: number[]
  /** Until its slot is settled by a run in the ledger, by Postgres' clock. Empty for bare BullMQ, which has none. */
  readonly settled: number[]
}

/** How late ticks are picked up at rest: nine schedules that take turns, a tick a second, ours with their slots in the ledger, BullMQ's bare. */
export const ticks: Bench = {
  name: 'ticks',
  title: `Lateness of ticks at rest, a tick a second of nine schedules in turn, ${secondsPerRound} s a round`,
  rounds: 5,
  async run(context) {
    const ours: Lateness[] = []
    const bare: Lateness[] = []
    for (let round = 0; round < context.rounds; round += 1) {
      const turns = [
        async () => void ours.push(await lateness(context, ourSchedules)),
        async () => void bare.push(await lateness(context, bareSchedules)),
      ]
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
    }
    const of = (rounds: readonly Lateness[], what: keyof Lateness, share: number) =>
      rounds.map((late) => quantile(late[what], share))
    return [
      ...compared('picked up, p50', of(ours, 'picked', 0.5), of(bare, 'picked', 0.5)),
      ...compared('picked up, p99', of(ours, 'picked', 0.99), of(bare, 'picked', 0.99), { atMost: 1.5 }),
      figureOf('its slot has a run, p50', 'ms', of(ours, 'settled', 0.5)),
      figureOf('its slot has a run, p99', 'ms', of(ours, 'settled', 0.99)),
    ]
  },
}

function compared(name: string, ours: readonly number[], bare: readonly number[], target?: Target): Figure[] {
  const yardstick = `bare BullMQ: ${name}`
  const ratios = ours.map((late, round) => late / (bare[round] ?? Number.NaN))
  return [
    figureOf(yardstick, 'ms', bare),
    { ...figureOf(name, 'ms', ours, target), against: { yardstick, ratio: median(ratios), ratios } },
  ]
}

type Schedules = (
  world: {
    readonly context: BenchContext
    readonly name: string
    readonly producer: Redis
    readonly worker: Redis
  },
  owned: Disposables,
  count: (what: keyof Lateness, late: number) => void,
) => Promise<void>

/** The milliseconds by which every tick of a round was late, but for those of the first two seconds. */
async function lateness(context: BenchContext, start: Schedules): Promise<Lateness> {
  await using owned = new Disposables()
  const name = `bench-${randomBytes(4).toString('hex')}`
  const open = (role: 'producer' | 'worker'): Redis => {
    const connection = connect({ url: context.redisUrl, prefix: name, role, name: 'bench' }, silentLogger)
    owned.defer(() => connection.disconnect())
    return connection
  }
  const [producer, worker] = [open('producer'), open('worker')]
  await ready(producer, context.signal)
  const late: Lateness = { picked: [], settled: [] }
  let isCounting = false
  await start({ context, name, producer, worker }, owned, (what, ms) => {
    if (isCounting) late[what].push(ms)
  })
  await wait(seconds(2), context.signal)
  isCounting = true
  await wait(seconds(secondsPerRound), context.signal)
  return late
}

/** As the fleet has them: job schedulers of the nine jobs, each tick settling its slot. Nobody has an account. */
const ourSchedules: Schedules = async ({ context, name, producer, worker }, owned, count) => {
  const schema = name.replace('-', '_')
  const database = owned.use(
    new Database({ url: context.databaseUrl, schema, applicationName: 'syncfleet bench', connections: 10 }),
  )
  owned.defer(() => database.query(`drop schema if exists ${schema} cascade`))
  await migrate(database)
  const queues = owned.use(createQueues(producer, name, jobIds))
  const jobs = definitions.map((definition, index): Job => ({
    ...definition,
    effective: { ...declaredSettings(definition), cron: patternOf(index), timezone: 'UTC', mode: 'live' },
  }))
  const events = new RunEvents(silentLogger, new Metrics('bench'))
  events.slotRan = ({ lateMs }) => count('settled', lateMs)
  const carryOut = carryOutRun(database, new Map(jobs.map((job) => [job.id, job])), events)
  const consumer = runConsumer(
    {
      queue: queues.runs.name,
      connection: worker,
      prefix: name,
      concurrency: 10,
      onError: (error) => {
        throw error
      },
    },
    async (order) => {
      if (order.kind === 'tick') count('picked', Date.now() - order.dueAt.getTime())
      return carryOut(order)
    },
    new SyncJobs(queues, producer, () => 1),
  )
  owned.defer(() => consumer.stop(seconds(5)))
  await consumer.start()
  const declared = jobs.map(({ id, version }, index) => ({
    jobId: id,
    version,
    cron: patternOf(index),
    timezone: 'UTC',
  }))
  await alignJobSchedulers(
    queues,
    declared,
    () => undefined,
    async () => new Date(),
  )
}

const bareSchedules: Schedules = async ({ name, producer, worker }, owned, count) => {
  const queue = new Queue('ticks', { connection: producer, prefix: name, skipWaitingForReady: true })
  const consumer = new Worker(
    'ticks',
    async (tick) => {
      count('picked', Date.now() - Number(/:(\d+)$/.exec(tick.id ?? '')?.[1]))
    },
    { connection: worker, prefix: name, concurrency: 10 },
  )
  owned.defer(() => consumer.close())
  await consumer.waitUntilReady()
  for (const [index, id] of jobIds.entries())
    await queue.upsertJobScheduler(id, { pattern: patternOf(index), tz: 'UTC' })
  owned.defer(async () => {
    await queue.obliterate({ force: true })
    await queue.close()
  })
}
