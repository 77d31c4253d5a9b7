import type { AccountView, StreamProgress } from '../../ledger/views/account-view'
import { html, type Html } from '../html'
import { whenInFull } from '../times'

/** How far each stream of an account is written. */
export function accountStreams({ streams, now, setUp }: AccountView): Html {
  return html`<section id="account-streams" data-live>
    <h2>Streams</h2>
    ${streams.length === 0 && html`<p>Nothing has been written yet: the next sync reads from the beginning.</p>`}
    ${
      streams.length > 0 &&
      html`<table class="rows">
        <thead>
          <tr>
            <th scope="col">Stream</th>
            <th scope="col">Complete up to (cursor)</th>
            <th scope="col">Goes on inside (position)</th>
            <th scope="col">Moved</th>
          </tr>
        </thead>
        <tbody>
          ${streams.map((stream) => row(stream, now, setUp.timezone))}
        </tbody>
      </table>`
    }
  </section>`
}

const row = (
  { stream, mode, cursor, position, movedAt }: StreamProgress,
  now: Date,
  timezone: string,
): Html =>
  html`<tr data-key="${mode} ${stream}">
    <th scope="row">${stream} ${mode === 'shadow' && html`<small>shadow</small>`}</th>
    <td data-label="Cursor">${json(cursor) ?? 'the beginning'}</td>
    <td data-label="Position">${json(position) ?? '–'}</td>
    <td data-label="Moved">${whenInFull(movedAt, now, timezone)}</td>
  </tr>`

const json = (value: unknown): Html | undefined =>
  value === null || value === undefined ? undefined : html`<code>${JSON.stringify(value)}</code>`
