import { days, hours, minutes } from '../../src/lib/durations'
import { addDays, addMonths, dayOf, type LocalDay } from '../../src/lib/local-days'
import type { List, Resource } from '../../src/vendors/fortellis/apis'
import type { DayWindow } from '../../src/job/streams'
import type { Extract, Through } from './progress'

/** A cursor older than this needs more than the lists of changes. */
const changesReach = hours(47)
/** The vendor refuses changes from longer ago than 48 hours; ten minutes are for clocks that differ and for waiting. */
const earliestChange = hours(48) - minutes(10)
/** Lists of what is recent reach 31 days back, today aside; a day less, lest midnight pass before the vendor reads the request. */
const recentDays = 30
/** A request for history covers at most so many months. */
const historyMonths = 6
const sweepEvery = 7

export interface PlanOptions {
  readonly resource: Resource
  readonly departments: readonly string[]
  readonly timezone: string
  readonly now: Date
  /** How far to read back behind a cursor, in milliseconds. */
  readonly overlap: number
  readonly firstLoadMonths: number
}

/** What brings the departments up to date, in order. Each list is extracted for itself, oldest first. */
export function planOf(cursor: Readonly<Record<string, Through>>, options: PlanOptions): Extract[] {
  return options.departments.flatMap((department) => {
    const known = cursor[department]
    return hasWindows(options.resource)
      ? datedExtracts(department, known, options)
      : undatedExtracts(department, known, options)
  })
}

/** What reads some days again, whatever has been read before. Nothing where the vendor has no list by days. */
export function planOfDays({ from, to }: DayWindow, options: PlanOptions): Extract[] {
  if (!hasWindows(options.resource)) return []
  const recent = firstRecentDay(options.now)
  return options.departments.flatMap((department) => [
    ...historyOf(department, from, min(to, addDays(recent, -1)), () => null),
    ...(to < recent ? [] : listsOf(department, ['open', 'closed'], max(from, recent), to, null)),
  ])
}

/**
 * The extract, as it may be started by now: where the vendor has forgotten the first of the changes, without those, as long
 * as they lie behind `through`. Undefined where it has forgotten more, and all has to be decided anew.
 */
export function askable(extract: Extract, now: Date, through: string | undefined): Extract | undefined {
  const { list, from, to } = extract
  if (from === null || list === 'history') return extract
  if (list === 'open' || list === 'closed')
    return from < addDays(utcDay(now), -recentDays - 1) ? undefined : extract
  if (Date.parse(from) >= now.getTime() - hours(48) + minutes(2)) return extract
  const earliest = instantText(new Date(now.getTime() - earliestChange))
  const isCovered = through !== undefined && Date.parse(through) >= Date.parse(earliest)
  return isCovered && to !== null && to > earliest ? { ...extract, from: earliest } : undefined
}

/** Sales and repair orders have lists of what is open and what is closed, by days; the others a list of everything. */
const hasWindows = (resource: Resource): boolean => resource === 'sales' || resource === 'repair_orders'

function datedExtracts(department: string, known: Through | undefined, options: PlanOptions): Extract[] {
  const { now, overlap, firstLoadMonths, timezone } = options
  const today = utcDay(now)
  const recent = firstRecentDay(now)
  const swept = { through: instantText(now), swept: today }
  // What the vendor dates in UTC may be ahead of the dealership's day, and the other way round.
  const everythingRecent = () =>
    listsOf(department, ['open', 'closed'], recent, max(today, dayOf(now, timezone)), swept)
  if (known && isWithinChanges(known, now)) {
    const changes = changesOf(department, ['open/delta', 'closed/delta'], known, options)
    return isSweepDue(known, today) ? [...changes, ...everythingRecent()] : changes
  }
  const from = known
    ? utcDay(new Date(Date.parse(known.through) - overlap))
    : addMonths(today, -firstLoadMonths)
  const history = historyOf(department, from, addDays(recent, -1), (to) => ({
    through: `${addDays(to, 1)}T00:00:00Z`,
    swept: known?.swept ?? null,
  }))
  return [...history, ...everythingRecent()]
}

function undatedExtracts(department: string, known: Through | undefined, options: PlanOptions): Extract[] {
  const today = utcDay(options.now)
  const everything = extractOf(department, 'bulk', null, null, {
    through: instantText(options.now),
    swept: today,
  })
  if (!known || !isWithinChanges(known, options.now)) return [everything]
  const changes = changesOf(department, ['delta'], known, options)
  return isSweepDue(known, today) ? [...changes, everything] : changes
}

/** Changes since a while before the cursor, as far back as the vendor tells of them. */
function changesOf(
  department: string,
  lists: readonly [List, ...List[]],
  { through, swept }: Through,
  { now, overlap }: PlanOptions,
): Extract[] {
  const behind = Math.min(Date.parse(through), now.getTime()) - overlap
  const from = new Date(Math.max(behind, now.getTime() - earliestChange))
  const to = instantText(now)
  return listsOf(department, lists, instantText(from), to, { through: to, swept })
}

/** Several lists of one window: the department is that far when the last one is written. */
const listsOf = (
  department: string,
  lists: readonly List[],
  from: string,
  to: string,
  reaches: Through | null,
): Extract[] =>
  lists.map((list, index) =>
    extractOf(department, list, from, to, index === lists.length - 1 ? reaches : null),
  )

function historyOf(
  department: string,
  from: LocalDay,
  to: LocalDay,
  reaches: (to: LocalDay) => Through | null,
): Extract[] {
  const slices: Extract[] = []
  for (let start = from; start <= to;) {
    const end = min(addDays(addMonths(start, historyMonths), -1), to)
    slices.push(extractOf(department, 'history', start, end, reaches(end)))
    start = addDays(end, 1)
  }
  return slices
}

const extractOf = (
  department: string,
  list: List,
  from: string | null,
  to: string | null,
  reaches: Through | null,
): Extract => ({ department, list, from, to, failures: 0, halved: 0, reaches })

const isWithinChanges = ({ through }: Through, now: Date): boolean =>
  now.getTime() - Date.parse(through) <= changesReach

/** Deals are booked again and repair orders voided after they were closed: once a week everything recent is read. */
const isSweepDue = ({ swept }: Through, today: LocalDay): boolean =>
  swept === null || addDays(swept, sweepEvery) <= today

const firstRecentDay = (now: Date): LocalDay => addDays(utcDay(now), -recentDays)

const utcDay = (instant: Date): LocalDay => instant.toISOString().slice(0, 10)

/** In whole seconds, as the vendor writes instants. */
export const instantText = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`

const min = (a: string, b: string): string => (a < b ? a : b)
const max = (a: string, b: string): string => (a > b ? a : b)

const oneDay = days(1)

/**
 * The two halves of an extract's window, together what it is; undefined where there is nothing to halve. Halves of days
 * share none; halves of a window of changes share an instant.
 */
export function halvesOf(extract: Extract): readonly [Extract, Extract] | undefined {
  const { list, from, to } = extract
  if (from === null || to === null) return undefined
  const isDays = list === 'open' || list === 'closed' || list === 'history'
  const span = Date.parse(to) - Date.parse(from)
  if (span < (isDays ? oneDay : minutes(2))) return undefined
  const middle = Date.parse(from) + Math.floor(span / 2)
  const ends = isDays ? utcDay(new Date(middle)) : instantText(new Date(middle))
  const begins = isDays ? addDays(ends, 1) : ends
  const half = { ...extract, halved: extract.halved + 1 }
  return [
    { ...half, to: ends, reaches: null },
    { ...half, from: begins },
  ]
}
