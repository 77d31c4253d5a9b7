import type { Spawned } from '../../test/support/spawned'
import type { World } from './world'

/** A sync that was under way when its fault struck. */
export interface StruckSync {
  readonly id: string
  readonly accountId: string
  readonly attempt: number
  /** Of the attempt that was struck. */
  readonly fence: string
}

const underWay = `
  select s.id, s.account_id as "accountId", a.number as attempt, a.fence, s.pages
  from attempts a join syncs s on s.id = a.sync_id
  where a.outcome = 'running' and s.state = 'running'`

/** Syncs that a process is working on, or was when it ended. */
export async function syncsOf(world: World, { pid }: Spawned): Promise<StruckSync[]> {
  const query = `${underWay} and a.worker like $1`
  return (await world.fleet.database.query<StruckSync>(query, [`${pid}-%`])).rows
}

/** Syncs that any worker is working on. */
export async function allUnderWay(world: World): Promise<StruckSync[]> {
  return (await world.fleet.database.query<StruckSync>(underWay)).rows
}

/** Fewer could not do the work of all, and what took long would be our own doing. */
const leftAtLeast = 2

/** A worker, by chance, that is in the middle of a sync's pages; once enough others are there. */
export async function busyWorker(
  world: World,
  among: () => readonly Spawned[] = () => world.workers.members,
): Promise<Spawned> {
  return world.until('a worker is in the middle of a sync, and others could take it', async () => {
    if (world.workers.members.length <= leftAtLeast) return undefined
    const { rows } = await world.fleet.database.query<{ worker: string }>(
      `select a.worker from attempts a join syncs s on s.id = a.sync_id
       where a.outcome = 'running' and s.state = 'running' and s.pages > 0`,
    )
    const pids = new Set(rows.map(({ worker }) => Number(worker.split('-')[0])))
    return world.pick(among().filter(({ pid }) => pids.has(pid)))
  })
}

/**
 * Waits until every one of the syncs has a page of a later attempt, or was settled by one; a sync that `mayStay` where it was may
 * also have a page of the struck attempt itself. One that was settled before `since` has got on by then. Resolves with the last of
 * these instants, by Postgres' clock in milliseconds.
 */
export async function untilGotOn(
  world: World,
  syncs: readonly StruckSync[],
  { since, mayStay = false }: { readonly since: number; readonly mayStay?: boolean },
): Promise<number> {
  const left = `
    with struck as (select * from unnest($1::bigint[], $2::bigint[]) struck (id, fence)),
    stands as (
      select s.id, least(
        greatest(s.settled_at, case when s.settled_at is not null then $3::timestamptz end),
        (select min(p.at) from page_watch p
         where p.sync_id = s.id and p.at > $3 and (p.fence > struck.fence or $4))) as at
      from struck join syncs s using (id))
    select max(at) as last, count(*) filter (where at is null)::int as open from stands`
  const values = [syncs.map(({ id }) => id), syncs.map(({ fence }) => fence), new Date(since), mayStay]
  return world.until(`syncs ${syncs.map(({ id }) => id).join(', ')} get on`, async () => {
    const { rows } = await world.fleet.database.query<{ last: Date | null; open: number }>(left, values)
    const [found] = rows
    return found && found.open === 0 && (found.last?.getTime() ?? since)
  })
}

/** Waits until a slot that is due after this instant runs, and on time. Resolves with the instant at which it began. */
export async function untilSlotOnTime(world: World, since: number): Promise<number> {
  return world.until('a slot runs on time', async () => {
    const { rows } = await world.fleet.database.query<{ startedAt: Date }>(
      `select r.started_at as "startedAt" from slots s join runs r on r.id = s.run_id
       where s.due_at > $1 and r.kind = 'slot' and r.started_at between s.due_at and s.due_at + interval '2 seconds'
       order by s.due_at limit 1`,
      [new Date(since)],
    )
    return rows[0]?.startedAt.getTime()
  })
}

/** Waits until a slot that is due after this instant has a run, on time or caught up, but not early. Resolves with when that began. */
export async function untilSlotRan(world: World, since: number): Promise<number> {
  return world.until('a slot runs, on time or caught up', async () => {
    const { rows } = await world.fleet.database.query<{ startedAt: Date }>(
      `select r.started_at as "startedAt" from slots s join runs r on r.id = s.run_id
       where s.due_at > $1 and r.started_at >= s.due_at order by s.due_at limit 1`,
      [new Date(since)],
    )
    return rows[0]?.startedAt.getTime()
  })
}

/** From one instant in milliseconds to another, in seconds; never less than none. */
export const secondsBetween = (from: number, to: number): number => Math.max(0, to - from) / 1000
