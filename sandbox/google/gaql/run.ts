import type { GoogleCustomer } from '../customer'
import { numberOf, type DayRange } from '../days'
import { internal } from '../refusal'
import type { Row } from '../tables/table'
import { tableOf } from './check'
import { compare, passes } from './condition'
import { dateRangeOf } from './date-range'
import { parse, wrong, type Query } from './parse'

export interface Result {
  readonly query: Query
  readonly rows: Iterable<Row>
}

/** All of an account's days, where a query asks for figures and names none. */
const always: DayRange = { from: '2000-01-01', to: '2099-12-31' }

/** Runs a query over one customer. The rows are made as they are read, unless they have to be sorted. */
export function run(
  text: string,
  customer: GoogleCustomer,
  { now, customers }: { now: number; customers: Iterable<GoogleCustomer> },
): Result {
  const query = parse(text)
  const table = tableOf(query)
  const days = daysOf(query, customer, now)
  const rows = figured(query, [
    ...customer.odditiesOf(table.resource).filter((row) => isWithin(row, days)),
    () => table.rows(customer, { now, days, customers }),
  ])
  return { query, rows: limited(sorted(filtered(rows, query), query), query) }
}

/** The days that a query with figures is about; undefined where it asks for none. */
function daysOf({ fields, where }: Query, customer: GoogleCustomer, now: number): DayRange | undefined {
  const hasMetrics = fields.some((field) => field.startsWith('metrics.'))
  const isSegmented = fields.includes('segments.date')
  const conditions = where.filter(({ field }) => field === 'segments.date')
  if (hasMetrics && customer.spec.isManager)
    throw wrong('REQUESTED_METRICS_FOR_MANAGER', 'Metrics cannot be requested for a manager account.')
  const range = dateRangeOf(conditions, customer.today(now))
  if (!range && (isSegmented || conditions.length > 0))
    throw wrong('EXPECTED_FILTERS_ON_DATE_RANGE', 'segments.date wants a finite range of dates')
  if (isSegmented && range && numberOf(range.to) - numberOf(range.from) >= customer.maxDays)
    throw internal('INTERNAL_ERROR')
  return range ?? (hasMetrics ? always : undefined)
}

type Source = Row | (() => Iterable<Row>)

/** Rows as the query wants them: per day, or with the figures of all its days added up. */
function* figured({ fields }: Query, sources: readonly Source[]): Generator<Row> {
  const metrics = fields.filter((field) => field.startsWith('metrics.'))
  const isSummed = metrics.length > 0 && !fields.includes('segments.date')
  const sums = new Map<string, Row>()
  for (const source of sources) {
    for (const row of typeof source === 'function' ? source() : [source]) {
      if (!isSummed) yield row
      else {
        const key = JSON.stringify(fields.filter((field) => !metrics.includes(field)).map((f) => row[f]))
        const sum = sums.get(key)
        sums.set(key, sum ? added(sum, row, metrics) : row)
      }
    }
  }
  yield* sums.values()
}

const added = (sum: Row, row: Row, metrics: readonly string[]): Row => ({
  ...sum,
  ...Object.fromEntries(
    metrics.map((name) => {
      const total = Number(sum[name]) + Number(row[name])
      return [name, typeof row[name] === 'string' ? String(total) : total]
    }),
  ),
})

function isWithin(row: Row, days: DayRange | undefined): boolean {
  const day = row['segments.date']
  if (!days) return day === undefined
  // A day that is none cannot be filtered by.
  return typeof day === 'string' && (!/^\d{4}-/.test(day) || passesDay(day, days))
}

const passesDay = (day: string, { from, to }: DayRange): boolean => day >= from && day <= to

function* filtered(rows: Iterable<Row>, { where }: Query): Generator<Row> {
  const conditions = where.filter(({ field }) => field !== 'segments.date')
  for (const row of rows) if (conditions.every((condition) => passes(row, condition))) yield row
}

function sorted(rows: Iterable<Row>, { orderBy }: Query): Iterable<Row> {
  const [first, ...others] = orderBy
  // Tables tell their days in this order already, and a large account's must not be held at once.
  if (!first || (others.length === 0 && first.field === 'segments.date' && !first.descending)) return rows
  return [...rows].toSorted((a, b) => {
    for (const { field, descending } of orderBy) {
      const order = compare(a[field] ?? '', b[field] ?? '')
      if (order !== 0) return descending ? -order : order
    }
    return 0
  })
}

function* limited(rows: Iterable<Row>, { limit = Number.POSITIVE_INFINITY }: Query): Generator<Row> {
  let left = limit
  for (const row of rows) {
    if (left === 0) return
    left -= 1
    yield row
  }
}
