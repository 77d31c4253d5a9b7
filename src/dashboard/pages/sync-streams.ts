import type { SyncView } from '../../ledger/views/sync-view'
import { html, type Html } from '../html'

/** How far the streams of a sync were written before it, and after it. */
export function syncStreams({ streams, cursors, lane }: SyncView): Html {
  const names = [...new Set([...Object.keys(cursors), ...streams.map(({ stream }) => stream)])].toSorted()
  if (names.length === 0) return html`<section id="sync-streams" data-live></section>`
  const rows = names.map((name) => {
    const moved = cursors[name]
    const now = streams.find(({ stream }) => stream === name)
    return html`<tr data-key="stream-${name}">
      <th scope="row">${name}</th>
      <td data-label="Before">${moved ? place(moved.from) : html`<small>not moved</small>`}</td>
      <td data-label="After">${moved ? place(moved.to) : html`<small>not moved</small>`}</td>
      <td data-label="Now">
        ${place(now?.cursor ?? null)}
        ${now?.hasPosition === true && html`<small>inside a window or listing that is not complete</small>`}
      </td>
    </tr>`
  })
  return html`<section id="sync-streams" data-live>
    <h2>Cursors</h2>
    ${lane === 'backfill' && html`<p>A backfill has positions of its own and moves no cursor.</p>`}
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Stream</th>
          <th scope="col">Before this sync</th>
          <th scope="col">After it</th>
          <th scope="col">Now</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`
}

const longest = 200

/** A cursor, as far as there is one. */
function place(cursor: unknown): Html {
  if (cursor === null || cursor === undefined) return html`<small>none</small>`
  const text = typeof cursor === 'string' ? cursor : JSON.stringify(cursor)
  return html`<code>${text.length > longest ? `${text.slice(0, longest)} …` : text}</code>`
}
