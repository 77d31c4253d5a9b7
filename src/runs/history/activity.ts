import type { Span } from '../../ledger/views/run-view'

/** How many attempts of a run were under way on average in each of so many equal parts of its time. */
export function activityOf(
  spans: readonly Span[],
  time: { readonly from: Date; readonly to: Date },
  parts: number,
): number[] {
  const begin = time.from.getTime()
  const end = time.to.getTime()
  const length = (end - begin) / parts
  if (length <= 0) return []
  const busy = Array.from({ length: parts }, () => 0)
  for (const span of spans) {
    const from = Math.max(begin, span.from.getTime())
    const to = Math.min(end, (span.to ?? time.to).getTime())
    const last = Math.min(parts, Math.ceil((to - begin) / length))
    for (let part = Math.floor((from - begin) / length); part < last; part += 1) {
      const partFrom = begin + part * length
      busy[part] = (busy[part] ?? 0) + Math.max(0, Math.min(to, partFrom + length) - Math.max(from, partFrom))
    }
  }
  return busy.map((worked) => worked / length)
}
