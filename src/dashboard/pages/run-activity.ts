import { partsOfTime as parts, type RunView } from '../../ledger/views/run-view'
import { html, type Html } from '../html'
import { toTheSecond, wallClock } from '../times'

const height = 48

/** How many syncs of a run were worked on at once, over its time. */
export function runActivity({ run, busy, sums, now }: RunView, timezone: string): Html | false {
  const time = { from: run.startedAt, to: run.settledAt ?? now }
  const most = Math.max(...busy)
  if (most <= 0) return false
  const took = toTheSecond(time.to.getTime() - time.from.getTime())
  const peak = Math.max(1, Math.round(most))
  const spreadEnd = sums.spreadUntil && shareOf(sums.spreadUntil, time)
  return html`<figure class="activity">
    <svg
      viewBox="0 0 ${parts} ${height}"
      preserveAspectRatio="none"
      role="img"
      aria-label="Syncs worked on at once, over ${took}: ${peak} at most"
    >
      ${spreadEnd && html`<rect class="part-spread" x="0" y="0" width="${spreadEnd}" height="${height}" />`}
      ${busy.map((count, part) => column(part, (count / most) * height))}
    </svg>
    <figcaption>
      <span>${wallClock(time.from, timezone)}</span>
      <span>${peak} at once at most${spreadEnd && ', its accounts started spread over the shaded part'}</span>
      <span>${run.settledAt ? wallClock(time.to, timezone) : 'now'}</span>
    </figcaption>
  </figure>`
}

function column(part: number, high: number): Html | false {
  if (high <= 0) return false
  const tall = Math.max(1, high)
  return html`<rect
    class="part-work"
    x="${part}"
    y="${(height - tall).toFixed(1)}"
    width="1"
    height="${tall.toFixed(1)}"
  />`
}

function shareOf(instant: Date, { from, to }: { readonly from: Date; readonly to: Date }): string | null {
  const share = (instant.getTime() - from.getTime()) / (to.getTime() - from.getTime())
  return share > 0 ? (Math.min(1, share) * parts).toFixed(1) : null
}
