import { inWords } from '../../lib/durations'
import { partInWords } from '../../runs/history/part-in-words'
import type { Segment } from '../../runs/history/timeline'
import { html, type Html } from '../html'
import { wallClock } from '../times'
import { table } from './table'

const width = 1000
const height = 28

/** What is listed at most: the latest. The bar shows all of it. */
const listed = 100

const lengthOf = ({ from, to }: Segment): number => to.getTime() - from.getTime()

const told = (segment: Segment, timezone: string): string =>
  partInWords(segment, (instant) => wallClock(instant, timezone))

/** A sync's time as a bar, and the same as a table. */
export function timeline(segments: readonly Segment[], timezone: string): Html {
  const [first] = segments
  const last = segments.at(-1)
  if (!first || !last) return html`<p>It was settled as soon as it was planned.</p>`
  const whole = last.to.getTime() - first.from.getTime()
  const place = (instant: number): number => ((instant - first.from.getTime()) / whole) * width
  return html`<svg
      class="timeline"
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      ${segments.map((segment) => part(segment, place, timezone))}
    </svg>
    <ul class="legend" aria-hidden="true">
      ${legend(segments)}
    </ul>
    <details id="timeline-parts" ${segments.length <= 6 && 'open'}>
      <summary>
        ${segments.length === 1 ? 'One part' : `${segments.length} parts`}, ${inWords(whole)} in all
      </summary>
      ${segments.length > listed && html`<p>The latest ${listed}:</p>`}
      ${segmentTable(segments.slice(-listed), timezone)}
    </details>`
}

/** Even the shortest part can be seen. */
function part(segment: Segment, place: (instant: number) => number, timezone: string): Html {
  const x = place(segment.from.getTime())
  const long = Math.max(2, place(segment.to.getTime()) - x)
  const kind = segment.kind.replaceAll(' ', '-')
  const share = segment.attempt ? segment.attempt.limitWait / lengthOf(segment) : 0
  return html`<rect
      class="part-${kind}"
      x="${x.toFixed(1)}"
      y="0"
      width="${long.toFixed(1)}"
      height="${height}"
    >
      <title>${told(segment, timezone)}, ${inWords(lengthOf(segment))}</title>
    </rect>
    ${
      share > 0 &&
      html`<rect
        class="part-vendor"
        x="${x.toFixed(1)}"
        y="${height / 2}"
        width="${(Math.min(1, share) * long).toFixed(1)}"
        height="${height / 2}"
      />`
    }`
}

/** How long each kind took in all, the longest first. */
function legend(segments: readonly Segment[]): Html[] {
  const sums = new Map<Segment['kind'], number>()
  for (const segment of segments) sums.set(segment.kind, (sums.get(segment.kind) ?? 0) + lengthOf(segment))
  return [...sums]
    .toSorted(([, one], [, other]) => other - one)
    .map(
      ([kind, sum]) =>
        html`<li>
          <svg viewBox="0 0 10 10" width="10" height="10">
            <rect class="part-${kind.replaceAll(' ', '-')}" width="10" height="10" />
          </svg>
          ${kind} ${inWords(sum)}
        </li>`,
    )
}

const segmentTable = (segments: readonly Segment[], timezone: string): Html =>
  table(
    ['From', 'Took', 'Spent on'],
    segments.map(
      (segment) =>
        html`<tr data-key="${segment.from.toISOString()} ${segment.kind}">
          <td data-label="From">
            <time datetime="${segment.from.toISOString()}">${wallClock(segment.from, timezone)}</time>
          </td>
          <td data-label="Took">${inWords(lengthOf(segment))}</td>
          <td data-label="Spent on">${told(segment, timezone)}</td>
        </tr>`,
    ),
  )
