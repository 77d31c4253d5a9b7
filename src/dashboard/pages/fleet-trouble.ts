import { pauseInWords } from '../../ledger/control/pauses'
import { accountStandings } from '../../ledger/views/account-states'
import { html, type Html } from '../html'
import { accountPage, clientPage, jobPage } from '../links'
import { when } from '../times'
import type { FleetData } from './fleet-data'
import { isTroubled, worstFirst } from './fleet-matrix'
import { table } from './table'

/** In the list; the matrix has all of them. */
const listed = 40

/** What is in order and what is not, in numbers. */
export function totalsSection({ matrix, totals, jobs }: FleetData): Html {
  const counts = new Map(
    accountStandings.map((standing) => [
      standing,
      matrix.cells.filter((cell) => cell.standing === standing).length,
    ]),
  )
  const shown = [...counts].filter(([standing, count]) => count > 0 || standing === 'fresh')
  const toLookAt = jobs.filter(({ standing }) => standing === 'look').length
  return html`<ul id="totals" class="tiles" data-live>
    <li><b>${toLookAt}</b> ${toLookAt === 1 ? 'job' : 'jobs'} to look at</li>
    ${shown.map(
      ([standing, count]) =>
        html`<li>
          <b>${count}</b>
          <span class="state state-${standing}">${standing}</span> ${count === 1 ? 'account' : 'accounts'}
        </li>`,
    )}
    <li><b>${totals.runs}</b> ${totals.runs === 1 ? 'run' : 'runs'} under way</li>
    <li>
      <b>${totals.running}</b> ${totals.running === 1 ? 'sync runs' : 'syncs run'}, ${totals.waiting} wait
    </li>
    <li>
      <b>${totals.deadLetters}</b>
      <a href="/dead-letters">dead ${totals.deadLetters === 1 ? 'letter' : 'letters'}</a>
    </li>
  </ul>`
}

/** What is paused, and by whom. */
export const pausesSection = ({ pauses }: FleetData): Html =>
  html`<div id="paused-list" data-live>
    ${
      pauses.length > 0 &&
      html`<h2>Paused</h2>
        <ul>
          ${pauses.map((pause) => html`<li>${pauseInWords(pause)}</li>`)}
        </ul>`
    }
  </div>`

/** The accounts that need a look, the worst first, and why. */
export function troubleSection({ matrix, jobs, now }: FleetData): Html {
  const troubled = matrix.cells.filter(isTroubled).toSorted(worstFirst)
  const names = new Map(matrix.clients.map(({ id, name }) => [id, name]))
  const byId = new Map(jobs.map(({ job }) => [job.id, job]))
  return html`<div id="trouble" data-live>
    ${troubled.length === 0 && html`<p>No account needs a look.</p>`}
    ${
      troubled.length > 0 &&
      table(
        ['Account', 'Job', 'Stands', 'Last good sync'],
        troubled.slice(0, listed).map((cell) => {
          const job = byId.get(cell.job)
          return html`<tr data-filtered data-key="account-${cell.id}">
            <th scope="row">
              <a href="${clientPage(cell.client)}">${names.get(cell.client)}</a>
              <a href="${accountPage(cell.id)}"><small>account ${cell.externalId}</small></a>
            </th>
            <td data-label="Job"><a href="${jobPage(cell.job)}">${job?.title ?? cell.job}</a></td>
            <td data-label="Stands">
              <span class="state state-${cell.standing}">${cell.standing}</span>
              ${cell.reason && html`<small>${cell.reason}</small>`}
            </td>
            <td data-label="Last good sync">
              ${cell.syncedAt ? when(cell.syncedAt, now, job?.effective.timezone ?? 'UTC') : 'never'}
            </td>
          </tr>`
        }),
      )
    }
    ${troubled.length > listed && html`<p>${troubled.length - listed} more are in the matrix below.</p>`}
  </div>`
}
