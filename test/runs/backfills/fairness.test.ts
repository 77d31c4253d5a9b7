import type { Page } from '../../../src/job/streams'
import type { AnySync } from '../../../src/job/sync'
import { listBackfills } from '../../../src/ledger/backfills/backfills'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import { days, hours, minutes } from '../../../src/lib/durations'
import { syncConsumer, type PerformSync } from '../../../src/queue/sync-consumer'
import { requestBackfill, stepBackfill } from '../../../src/runs/backfills/backfill-work'
import type { HeldAccount } from '../../support/conformance/job-engine'
import { ctmWorld } from '../../support/ctm-world'
import { until } from '../../support/until'

jest.setTimeout(minutes(5))

interface Backfill {
  readonly days: { readonly from: string; readonly to: string }
  /** How many days these are, and the one on which the world begins. */
  readonly length: number
  readonly months: number
}

/** Back from the day before the world begins; three pages a month. */
const threeYears: Backfill = { days: { from: '2023-10-30', to: '2026-10-29' }, length: 1096, months: 36 }
const oneYear: Backfill = { days: { from: '2025-10-30', to: '2026-10-29' }, length: 365, months: 12 }
const every = hours(2.2)
/** With every so many pages of the backfill a live sync falls due: of the other account alone, or of both. */
const pagesBetween = 7
/** In place of seconds: whoever makes way or finds the account taken comes back this soon. */
const shortly = 20

const setup = async (places: number, { days: window, length }: Backfill) => {
  const world = await ctmWorld({ calls: Math.floor(days(length) / every), every })
  const { engine, worker } = world
  const { database, job, queues, clock } = engine
  // Live syncs read what is new, and only the backfill reads years.
  await database.query(`update accounts set settings = '{"first_load_months": 1}'`)
  const [own, other] = world.accounts
  if (!own || !other) throw new Error('no accounts')
  for (const account of [own, other]) await world.catchUp(account)

  /** Pages with records that the backfill has written, the one at hand included. */
  let pages = 0
  const lives: { readonly syncId: string; readonly dueAt: number; begunAt?: number }[] = []

  /** A live sync of each of these accounts is due now. */
  async function fallDue(accounts: readonly HeldAccount[]): Promise<void> {
    for (const account of accounts) {
      const syncId = await engine.plan(account)
      if (syncId === undefined) continue
      lives.push({ syncId, dueAt: pages })
      await queues.syncJobs.addNew([{ syncId, job: job.id, version: job.version }])
      // Where there is a place, nobody waits for the backfill: its page does not go on before that sync has ended.
      if (places > 1 && account === other) {
        await until(`sync ${syncId} ends beside a page of the backfill`, async () => {
          const { state } = await engine.syncNow(syncId)
          return state === 'ok'
        })
      }
    }
  }

  const counting = (sync: AnySync): AnySync =>
    async function* (context): AsyncGenerator<Page, void, undefined> {
      for await (const page of sync(context)) {
        const isCounted = page.records.length > 0
        // In turn while it reads a page, and between two of them.
        const turn = (pages + 1) % (2 * pagesBetween)
        if (isCounted && turn === 0) await fallDue([own, other])
        if (isCounted) pages += 1
        yield page
        if (isCounted && turn === pagesBetween) await fallDue([other])
      }
    }

  const noting =
    (syncId: string) =>
    (sync: AnySync): AnySync =>
      async function* (context): AsyncGenerator<Page, void, undefined> {
        const live = lives.find((candidate) => candidate.syncId === syncId)
        if (live) live.begunAt ??= pages
        yield* sync(context)
      }

  const perform: PerformSync = async ({ syncId }, { signal }) => {
    const isLive = lives.some((live) => live.syncId === syncId)
    const verdict = await worker.attempt(syncId, { signal, through: isLive ? noting(syncId) : counting })
    if (verdict.kind !== 'wait') return verdict
    await clock.advance(verdict.after)
    return { kind: 'wait', after: shortly }
  }

  const errors: Error[] = []
  const consumer = syncConsumer(
    {
      queue: job.id,
      connection: queues.blocking,
      prefix: queues.prefix,
      concurrency: places,
      onError: (error) => void errors.push(error),
    },
    perform,
  )
  await consumer.start()

  return {
    world,
    own,
    lives,
    errors,
    backfillPages: () => pages,
    /** Requests it and takes it step by step, as the leader does, to its end. */
    backfill: async (): Promise<string> => {
      const id = await database.transaction((sql) =>
        requestBackfill(sql, job, { days: window, streams: null, accountIds: [own.id], requestedBy: 'ada' }),
      )
      await until(
        'the backfill ends',
        async () => {
          const step = await stepBackfill(database, job, id)
          if (step.kind === 'run') {
            const { version } = job
            for (const { syncId } of await openSyncsOf(database, step.run.id))
              await queues.syncJobs.addNew([{ syncId, job: job.id, version, lane: 'backfill' }])
          }
          return step.kind === 'done'
        },
        minutes(4),
      )
      return id
    },
    [Symbol.asyncDispose]: async () => {
      await consumer.stop(minutes(1))
      await world[Symbol.asyncDispose]()
    },
  }
}

describe("one account's backfill", () => {
  test.each([
    ['three years on 1 place', 1, threeYears],
    ['one year on 3 places', 3, oneYear],
  ] as const)(
    'of %s holds up no live sync for more than the page at hand, and ends',
    async (_what, places, given) => {
      const { months } = given
      await using ground = await setup(places, given)
      const { world, own, lives, errors } = ground
      const id = await ground.backfill()
      await until('every live sync is over', async () => {
        const open = await world.engine.database.query(
          `select 1 from syncs where lane = 'live' and state in ('waiting', 'running')`,
        )
        return open.rowCount === 0
      })

      expect(ground.backfillPages()).toBeGreaterThan(2.8 * months)
      expect(lives.length).toBeGreaterThan(0.4 * months)
      for (const { syncId, dueAt, begunAt } of lives) {
        expect(await world.engine.syncNow(syncId)).toMatchObject({ state: 'ok', failures: 0 })
        expect((begunAt ?? Infinity) - dueAt).toBeLessThanOrEqual(1)
      }
      const [backfill] = await listBackfills(world.engine.database, { id, limit: 1 })
      expect(backfill).toMatchObject({ state: 'done', windows: months, done: months, failed: 0 })
      expect(await world.differences(own)).toEqual([])
      expect(errors).toEqual([])
    },
  )
})
