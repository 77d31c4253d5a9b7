import type { DayWindow, Stream } from '../../../src/job/streams'
import { addDays, dayOf as localDayOf } from '../../../src/lib/local-days'
import { dayColumn } from '../../../src/sink/held-keys'
import type { TestWorld } from './test-world'

/** Streams whose rows a window of days selects. */
const datedStreams = (world: TestWorld): (readonly [string, Stream, string])[] =>
  Object.entries(world.engine.job.streams).flatMap(([name, stream]) => {
    const column = dayColumn(stream)
    return column === undefined ? [] : [[name, stream, column] as const]
  })

/** Days of the second half of what is held, up to the day before the last: those of today are still growing. */
export async function someDays(world: TestWorld): Promise<DayWindow> {
  const days = new Set<string>()
  for (const [, { table }, column] of datedStreams(world)) {
    const { rows } = await world.engine.database.query<{ day: string }>(
      `select distinct (${dayOf(world, table, column)})::text as day from "${table}" where account_id = $1 and gone_at is null`,
      [world.account.id],
    )
    for (const { day } of rows) if (day !== null) days.add(day)
  }
  const sorted = [...days].toSorted()
  const [from, to] = [sorted.at(Math.floor(sorted.length / 2)), sorted.at(-2) ?? sorted.at(-1)]
  if (from === undefined || to === undefined) throw new Error('no rows have a day')
  return from <= to ? { from, to } : { from: to, to: from }
}

/** A row's day in SQL. */
function dayOf({ engine, account }: TestWorld, table: string, column: string): string {
  const stream = Object.values(engine.job.streams).find((candidate) => candidate.table === table)
  const isDate = stream?.columns[column]?.sqlType === 'date'
  return isDate ? `"${column}"` : `("${column}" at time zone '${account.timezone}')::date`
}

/** Deletes rows of these days, and returns the streams of which some went. */
export async function lose(world: TestWorld, { from, to }: DayWindow, most: number): Promise<string[]> {
  const lost: string[] = []
  for (const [name, { table }, column] of datedStreams(world)) {
    if (lost.length >= most) break
    const limit = Number.isFinite(most) ? `limit ${most}` : ''
    const { rowCount } = await world.engine.database.query(
      `delete from "${table}" where ctid = any (array(
         select ctid from "${table}" where account_id = $1 and gone_at is null
           and ${dayOf(world, table, column)} between $2::date and $3::date ${limit}))`,
      [world.account.id, from, to],
    )
    if (rowCount > 0) lost.push(name)
  }
  return lost
}

/** Days whose rows are gone: some of them, or all where no column tells which rows are of which days. */
export async function lostDays(world: TestWorld): Promise<DayWindow> {
  if (datedStreams(world).length === 0) return loseAll(world)
  const days = await someDays(world)
  await lose(world, days, Number.POSITIVE_INFINITY)
  await assertLost(world)
  return days
}

async function loseAll(world: TestWorld): Promise<DayWindow> {
  const { engine, account } = world
  for (const { table, kind } of Object.values(engine.job.streams)) {
    if (kind !== 'snapshot')
      await engine.database.query(`delete from "${table}" where account_id = $1`, [account.id])
  }
  await assertLost(world)
  const today = localDayOf(engine.clock.now(), account.timezone)
  return { from: addDays(today, -400), to: today }
}

/**
 * Of a job whose days are those in which the vendor touched a record, not those of the record: whatever came is right, though
 * it need not be all; and something did.
 */
export async function wrongOrNothing(world: TestWorld): Promise<string[]> {
  const lines = await world.differences(world.account, Number.POSITIVE_INFINITY)
  for (const { table, kind } of Object.values(world.engine.job.streams)) {
    if (kind === 'snapshot') continue
    const { rowCount } = await world.engine.database.query(`select 1 from "${table}" where account_id = $1`, [
      world.account.id,
    ])
    if (rowCount === 0) lines.push(`${table}: nothing came`)
  }
  return lines.filter((line) => !line.endsWith(' is missing'))
}

/** A backfill of days that nothing is lacking of would prove nothing. */
async function assertLost(world: TestWorld): Promise<void> {
  if ((await world.differences()).length === 0) throw new Error('nothing was lost')
}
