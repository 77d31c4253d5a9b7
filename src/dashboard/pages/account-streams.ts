import type { AccountView, StreamProgress } from '../../ledger/views/account-view'
import type { Role } from '../../ledger/users'
import { html, type Html } from '../html'
import { placeShown } from '../stream-places'
import { whenInFull } from '../times'
import { table } from './table'

/** How far each stream of an account is written, as far as somebody of that role may see it. */
export function accountStreams({ streams, now, setUp }: AccountView, role: Role): Html {
  return html`<section id="account-streams" data-live>
    <h2>Streams</h2>
    ${streams.length === 0 && html`<p>Nothing has been written yet: the next sync reads from the beginning.</p>`}
    ${
      streams.length > 0 &&
      table(
        ['Stream', 'Complete up to (cursor)', 'Goes on inside (position)', 'Moved'],
        streams.map((stream) => row(stream, role, now, setUp.timezone)),
      )
    }
  </section>`
}

const row = (
  { stream, mode, cursor, position, movedAt }: StreamProgress,
  role: Role,
  now: Date,
  timezone: string,
): Html =>
  html`<tr data-key="${mode} ${stream}">
    <th scope="row">${stream} ${mode === 'shadow' && html`<small>shadow</small>`}</th>
    <td data-label="Cursor">${placeShown(role, cursor, 'the beginning')}</td>
    <td data-label="Position">${placeShown(role, position, '–')}</td>
    <td data-label="Moved">${whenInFull(movedAt, now, timezone)}</td>
  </tr>`
