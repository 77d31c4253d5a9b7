import { days, hours } from '../../src/lib/durations'
import { addDays, addMonths } from '../../src/lib/local-days'

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const day = /^\d{4}-\d\d-\d\d$/

/** Why the vendor refuses a window; undefined where it takes it. */
export function windowProblem(list: string, query: URLSearchParams, now: number): string | undefined {
  const from = query.get('startDate')
  const to = query.get('endDate')
  const unknown = [...query.keys()].find((name) => name !== 'startDate' && name !== 'endDate')
  if (unknown !== undefined) return `unknown parameter ${unknown}`
  if (list === 'bulk') return from === null && to === null ? undefined : 'bulk takes no dates'
  if (from === null || to === null) return 'startDate is missing'
  const format = list.includes('delta') ? instant : day
  if (!format.test(from) || !format.test(to) || Number.isNaN(Date.parse(from) + Date.parse(to)))
    return 'a date is not in the required format'
  if (from > to) return 'startDate is after endDate'
  const today = new Date(now).toISOString().slice(0, 10)
  if (list.includes('delta')) {
    const isTooWide = Date.parse(to) - Date.parse(from) > hours(48)
    const isTooEarly = Date.parse(from) < now - hours(48)
    return isTooWide || isTooEarly ? 'changes are kept for 48 hours' : undefined
  }
  if (list === 'history') {
    if (to > addDays(today, -31)) return 'history is older than 31 days'
    return to >= addMonths(from, 6) ? 'history is at most 6 months per request' : undefined
  }
  if (from < addDays(today, -31)) return 'startDate is more than 31 days back'
  return Date.parse(to) - Date.parse(from) > days(32) ? 'at most 31 days per request' : undefined
}
