import type { SyncView } from '../../ledger/views/sync-view'
import type { Role } from '../../ledger/users'
import { html, type Html } from '../html'
import { placeShown } from '../stream-places'
import { table } from './table'

/** How far the streams of a sync were written before it, and after it, as far as somebody of that role may see it. */
export function syncStreams({ streams, cursors, lane }: SyncView, role: Role): Html {
  const place = (cursor: unknown): Html => placeShown(role, cursor, 'none')
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
        ${place(now?.cursor)}
        ${now?.hasPosition === true && html`<small>inside a window or listing that is not complete</small>`}
      </td>
    </tr>`
  })
  return html`<section id="sync-streams" data-live>
    <h2>Cursors</h2>
    ${lane === 'backfill' && html`<p>A backfill has positions of its own and moves no cursor.</p>`}
    ${table(['Stream', 'Before this sync', 'After it', 'Now'], rows)}
  </section>`
}
