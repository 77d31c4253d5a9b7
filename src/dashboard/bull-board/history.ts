import type { MetricsHistoryProvider } from '@bull-board/api/typings/app'
import { endedPerPeriod, type PeriodQuestion, tookPerPeriod } from '../../ledger/views/ended-per-period'
import { days } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import { runsQueue } from '../../queue/bull-jobs'

/** No chart reads more at once, whatever it asks for. */
const longest = days(90)

/** Bull Board's history charts, out of the ledger: they reach back further than the queues, and survive their loss. */
export const historyOf = (sql: Sql): MetricsHistoryProvider => ({
  async getHistory({ queue, metric, from, to, granularity }) {
    // How old what waits is nobody records.
    if (metric === 'queueage') return []
    const periods = await endedPerPeriod(sql, questionOf(queue, from, to), metric, granularity)
    return periods.map(({ startsAt, count }) => ({ ts: startsAt.getTime(), value: count }))
  },
  async getLatency({ queue, metric, from, to, granularity, percentiles }) {
    if (queue === runsQueue) return []
    const took = metric === 'runtime' ? 'work' : 'wait'
    const periods = await tookPerPeriod(sql, questionOf(queue, from, to), took, granularity, percentiles)
    return periods.map(({ startsAt, count, milliseconds }) => ({
      ts: startsAt.getTime(),
      count,
      values: Object.fromEntries(percentiles.map((name, place) => [String(name), milliseconds[place] ?? 0])),
    }))
  },
})

function questionOf(queue: string | undefined, from: number, to: number): PeriodQuestion {
  const span = { from: new Date(Math.max(from, to - longest)), to: new Date(to) }
  return queue === undefined ? span : { of: queue, ...span }
}
