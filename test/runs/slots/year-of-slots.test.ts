import { chanceOf } from '../../../sandbox/random'
import type { Job, JobSettings } from '../../../src/job/define-job'
import type { Database } from '../../../src/ledger/postgres/database'
import { days, hours, minutes, seconds } from '../../../src/lib/durations'
import { only } from '../../../src/lib/sql'
import { parseWeekWindow } from '../../../src/lib/week-windows'
import { tickBullId } from '../../../src/queue/bull-jobs'
import { askWhy } from '../../../src/runs/slots/ask-why'
import { carryOutRun } from '../../../src/runs/slots/carry-out-run'
import { watchSlots } from '../../../src/runs/watchdog/watch-slots'
import { RunEvents, WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { Metrics } from '../../../src/telemetry/metrics'
import { testDatabase } from '../../support/database'
import { someAccounts } from '../../support/ledger'
import { madeUpJob } from '../../support/made-up-job'
import { TestQueues } from '../../support/queues'
import { until } from '../../support/until'
import { type DailyPattern, dueByWalking } from '../../support/wall-year'

interface Scheduled {
  readonly job: Job
  readonly pattern: DailyPattern
}

const jobIn = (
  id: string,
  timezone: string,
  pattern: DailyPattern,
  startWithin: number,
  settings: Partial<JobSettings> = {},
): Scheduled => ({
  pattern,
  job: { ...madeUpJob({ ...settings, cron: pattern.cron, timezone }), id, startWithin },
})

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const weekdayIn = (away: number) => weekdays[(new Date().getUTCDay() + away) % 7]

/** Two days of every week, none of them today. */
const excluded = [
  parseWeekWindow(`${weekdayIn(2)} 18:00-${weekdayIn(4)} 06:00`, (reason) => {
    throw new Error(reason)
  }),
]

/** A zone each; most fall into what its clocks leave out and what they show twice, where they do. */
const scheduled = [
  jobIn('ctm', 'America/Chicago', { cron: '30 1,2 * * *', hours: [1, 2], minutes: [30] }, days(400), {
    missed: 'run-once',
    spread: minutes(10),
  }),
  jobIn('cdk', 'Europe/Berlin', { cron: '0,30 2 * * *', hours: [2], minutes: [0, 30] }, days(400), {
    missed: 'run-all',
  }),
  jobIn(
    'google-ads',
    'Australia/Lord_Howe',
    { cron: '15,45 1-2 * * *', hours: [1, 2], minutes: [15, 45] },
    days(100),
    { missed: 'skip' },
  ),
  jobIn('meta-ads', 'America/Sao_Paulo', { cron: '0 0 * * *', hours: [0], minutes: [0] }, hours(1)),
  jobIn('salesforce', 'Asia/Kolkata', { cron: '30 5,17 * * *', hours: [5, 17], minutes: [30] }, days(400), {
    excluded,
  }),
] as const

/** Numbers that are the same in every run of the test. */
class Draws {
  readonly #chance = chanceOf('year of slots')
  #count = 0

  /** From 0 up to 1. */
  next(): number {
    return this.#chance(this.#count++, 'draw')
  }

  isBelow(part: number): boolean {
    return this.next() < part
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }
}

describe('a year in five zones', () => {
  const draws = new Draws()
  const events = new WatchEvents(silentLogger)
  const jobs = new Map(scheduled.map(({ job }) => [job.id, job]))
  let database: Database
  let world: TestQueues
  let start: Date
  /** By the oracle, up to what the ledger has counted. */
  const dueIn = new Map<string, Date[]>()

  beforeAll(async () => {
    // One each for all that happens at once: to wait for one is an outage after some seconds.
    database = await testDatabase({ connections: 30 })
    world = await TestQueues.open()
    // Whole: instants in the ledger are finer than milliseconds.
    start = new Date(Math.floor((Date.now() - days(366)) / 1000) * 1000)
    for (const { job } of scheduled) {
      // Without accounts the runs of one that runs each are settled at once, and the next may start.
      if (job.effective.missed !== 'run-all') await someAccounts(database, job.id, 2)
      await database.query(
        `insert into schedules (job, cron, timezone, checked_until) values ($1, $2, $3, $4)`,
        [job.id, job.effective.cron, job.effective.timezone, start],
      )
    }
    await live()
    for (const { job, pattern } of scheduled) {
      const { counted } = only(
        await database.query<{ counted: Date }>(
          'select checked_until as counted from schedules where job = $1',
          [job.id],
        ),
      )
      dueIn.set(job.id, dueByWalking(pattern, job.effective.timezone, start, counted))
    }
  }, 300_000)
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const round = async () => {
    for (const { job } of scheduled) await watchSlots({ database, queues: world.queues, events }, job)
  }

  /** A tick as Redis keeps it until somebody is done with it. */
  const tickKey = (jobId: string, dueAt: Date) => world.queues.runs.toKey(tickBullId(jobId, dueAt))

  /** Lets ticks come: some twice, some late, some never; in any order, while two leaders take their rounds. */
  async function live(): Promise<void> {
    const carryOut = carryOutRun(database, jobs, new RunEvents(silentLogger, new Metrics('test')))
    const deliver = async ({ job }: Scheduled, dueAt: Date) =>
      carryOut({ kind: 'tick', jobId: job.id, version: job.version, dueAt })
    const ticks = scheduled.flatMap((of) =>
      dueByWalking(of.pattern, of.job.effective.timezone, start, new Date())
        .filter(() => draws.isBelow(0.5))
        .map((dueAt) => ({ of, dueAt, order: draws.next(), waits: draws.isBelow(0.1) })),
    )
    for (const { of, dueAt, waits } of ticks)
      if (waits) await world.redis.hset(tickKey(of.job.id, dueAt), { data: '{}', opts: '{}', timestamp: 1 })

    const shuffled = ticks.toSorted((a, b) => a.order - b.order)
    const rounds = [round(), round()]
    for (let from = 0; from < shuffled.length; from += 8) {
      await Promise.all(
        shuffled.slice(from, from + 8).map(async ({ of, dueAt, waits }) => {
          await Promise.all(
            Array.from({ length: draws.isBelow(0.2) ? 2 : 1 }, async () => deliver(of, dueAt)),
          )
          if (waits) await world.redis.hset(tickKey(of.job.id, dueAt), 'finishedOn', Date.now())
        }),
      )
      if (from % 400 === 0) rounds.push(round())
    }
    await Promise.all(rounds)
    await until(
      'every slot has its outcome',
      async () => {
        await round()
        return (await database.query(`select 1 from slots where state = 'due'`)).rowCount === 0
      },
      240_000,
    )
  }

  test.each(scheduled.map(({ job }) => [job.effective.timezone, job] as const))(
    'has exactly one slot with exactly one outcome for each due instant, and no other: %s',
    async (_, job) => {
      const { rows } = await database.query<{ dueAt: Date; state: string; runs: number }>(
        `select due_at as "dueAt", state, (select count(*)::int from runs where job = slots.job and due_at = slots.due_at) as runs
         from slots where job = $1 order by due_at`,
        [job.id],
      )
      expect(rows.map(({ dueAt }) => dueAt.toISOString())).toEqual(
        dueIn.get(job.id)?.map((dueAt) => dueAt.toISOString()),
      )
      expect(rows.length).toBeGreaterThan(360)
      expect(rows.filter(({ state, runs }) => (state === 'ran' ? 1 : 0) !== runs)).toEqual([])
    },
  )

  test('shows every outcome that ticks, leaders and policies can give', async () => {
    const { rows } = await database.query<{ outcome: string }>(
      `select distinct slots.state || coalesce(' ' || runs.kind, '') as outcome from slots left join runs on runs.id = run_id`,
    )
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(
      new Set(['ran slot', 'ran catch-up', 'skipped', 'expired', 'missed']),
    )
  })

  test('is answered for at any instant with one outcome and its reason', async () => {
    const nobody = async () => Promise.resolve(undefined)
    for (let count = 0; count < 300; count += 1) {
      const { job, pattern } = scheduled[draws.between(0, scheduled.length - 1)] ?? scheduled[0]
      const anywhere = start.getTime() + draws.between(-days(20), days(386))
      const near = dueIn.get(job.id)?.[draws.between(0, 360)]?.getTime() ?? anywhere
      const asked = new Date(draws.isBelow(0.5) ? anywhere : near + draws.between(0, 59) * seconds(1))
      const answer = await askWhy(database, job, asked, nobody)

      const minute = Math.floor(asked.getTime() / minutes(1)) * minutes(1)
      const [due] = dueByWalking(
        pattern,
        job.effective.timezone,
        new Date(minute - 1),
        new Date(minute + minutes(1) - 1),
      )
      const { rows } = await database.query<{ state: string }>(
        'select state from slots where job = $1 and due_at = $2',
        [job.id, due ?? asked],
      )
      const expected =
        rows[0]?.state ??
        (asked.getTime() > Date.now()
          ? due
            ? 'to-come'
            : 'not-to-come'
          : asked <= start
            ? 'unknown'
            : 'not-due')
      expect([job.id, asked, answer.outcome]).toEqual([job.id, asked, expected])
      expect(answer.reason).toMatch(/^.{40,}\.$/)
      expect(answer.dueAt).toEqual(expected === 'unknown' ? null : (due ?? null))
    }
  })
})
