import { only } from '../../src/lib/sql'
import { minutes } from '../../src/lib/durations'
import { freezeWorld, slotsUntil, untilQuiet } from '../../test/support/ordeal'
import { strayPages } from '../../test/support/watch-pages'
import { accounts } from './accounts'
import { addUp, type Counts } from './counts'
import { describeOpen } from './describe-open'
import type { World } from './world'

/** Longer than the two minutes after which a fault counts as not recovered. */
const quietWithin = minutes(3)

/** What a fleet's life came to. Everything but the last part should be none. */
export interface Verdict {
  readonly lost: Counts
  readonly doubled: Counts
  /** Runs, syncs and slots that did not end, each in words. */
  readonly stuck: readonly string[]
  /** Slots, pages, rows, and how attempts ended: so much was put to the test. */
  readonly witnessed: Counts
}

/** Holds the vendors' world still, waits until all is quiet, and compares what there is with what there should be. */
export async function judge(world: World): Promise<Verdict> {
  await world.loads[Symbol.asyncDispose]()
  // Nothing has to last any longer.
  world.fleet.sandbox.faults.clear()
  const end = await world.until('Postgres answers', async () => freezeWorld(world.fleet))
  const stuck = await untilQuiet(world.fleet, end, quietWithin).then(
    () => [],
    () => describeOpen(world, end),
  )
  const slots = await slotsFound(world, end)
  const rows = await rowsFound(world)
  const pages = await pagesFound(world)
  return {
    lost: {
      'rows missing': rows.missing,
      'rows out of date': rows.differing,
      'pages skipped': pages.skipped,
      'slots without an outcome': slots.lost,
      'dead letters': pages.dead,
    },
    doubled: {
      'rows too many': rows.surplus,
      'pages by an attempt that was overtaken': pages.strays,
      'slots run twice': slots.twice,
    },
    stuck,
    witnessed: {
      slots: slots.expected,
      'loads of an account': world.loads.count,
      'rows compared': rows.compared,
      'pages written': pages.written,
      ...(await attemptsFound(world)),
    },
  }
}

const nothing: Verdict = { lost: {}, doubled: {}, stuck: [], witnessed: {} }

/** Of several lives. */
export const together = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce(
    (sum, { lost, doubled, stuck, witnessed }) => ({
      lost: addUp(sum.lost, lost),
      doubled: addUp(sum.doubled, doubled),
      stuck: [...sum.stuck, ...stuck],
      witnessed: addUp(sum.witnessed, witnessed),
    }),
    nothing,
  )

async function slotsFound({ fleet }: World, end: Date) {
  const jobs = await slotsUntil(fleet, end)
  let [expected, lost] = [0, 0]
  for (const job of jobs) {
    const settled = new Set(job.dueAt.filter((_, index) => job.states[index] !== 'due'))
    expected += job.expected.length
    lost += job.expected.filter((dueAt) => !settled.has(dueAt)).length
  }
  const { rowCount: twice } = await fleet.database.query(
    `select 1 from runs where kind in ('slot', 'catch-up') group by job, due_at having count(*) > 1`,
  )
  return { expected, lost, twice }
}

async function rowsFound({ fleet, loads }: World) {
  let { compared, missing, differing, surplus } = loads.found
  for (const { id } of accounts) {
    const differences = await fleet.differences(id)
    const count = (kind: string) => differences.filter((text) => text.startsWith(kind)).length
    missing += count('missing')
    differing += count('differs')
    surplus += count('surplus')
  }
  const { rows } = only(
    await fleet.database.query<{ rows: number }>('select count(*)::int as rows from ctm_calls'),
  )
  return { compared: compared + rows, missing, differing, surplus }
}

async function pagesFound({ fleet: { database } }: World) {
  const { pages, strays } = await strayPages(database)
  const { skipped, dead } = only(
    await database.query<{ skipped: number; dead: number }>(
      `select (select count(*)::int from position_watch where kind = 'skipped') as skipped,
         (select count(*)::int from syncs where state = 'failed') as dead`,
    ),
  )
  return { written: pages, strays: strays.length, skipped, dead }
}

async function attemptsFound({ fleet: { database } }: World): Promise<Counts> {
  const { again } = only(
    await database.query<{ again: number }>(
      `select count(*)::int as again from position_watch where kind = 'again'`,
    ),
  )
  const { rows } = await database.query<{ outcome: string; count: number }>(
    'select outcome, count(*)::int as count from attempts group by outcome order by outcome',
  )
  const attempts = rows.map(({ outcome, count }) => [`attempts ${outcome}`, count] as const)
  return { 'pages read again': again, ...Object.fromEntries(attempts) }
}
