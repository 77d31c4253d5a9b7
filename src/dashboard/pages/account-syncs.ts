import type { AccountSync, AccountView } from '../../ledger/views/account-view'
import { html, type Html } from '../html'
import { accountPage, runPage, syncPage, withQuery } from '../links'
import { toTheSecond, when } from '../times'
import { table } from './table'

/** An account's syncs, latest first, page by page. */
export function accountSyncs(
  { syncs, now, setUp }: AccountView,
  { atOnce, isFirstPage }: { readonly atOnce: number; readonly isFirstPage: boolean },
): Html {
  const shown = syncs.slice(0, atOnce)
  const last = syncs.length > atOnce && shown.at(-1)
  const here = accountPage(setUp.id)
  return html`<section id="account-syncs" data-live>
    <h2>Syncs</h2>
    ${shown.length === 0 && html`<p>None yet.</p>`}
    ${
      shown.length > 0 &&
      table(
        ['Sync', 'Run', 'Outcome', 'When', 'Took', { number: 'Rows' }],
        shown.map((sync) => row(sync, now, setUp.timezone)),
      )
    }
    <nav class="pager" aria-label="Syncs">
      ${!isFirstPage && html`<a href="${here}#account-syncs">The latest</a>`}
      ${last && html`<a href="${withQuery(here, { before: last.id })}#account-syncs">Earlier</a>`}
    </nav>
  </section>`
}

function row(sync: AccountSync, now: Date, timezone: string): Html {
  const { startedAt, settledAt } = sync
  return html`<tr data-key="sync-${sync.id}">
    <td data-label="Sync"><a href="${syncPage(sync.id)}">sync ${sync.id}</a></td>
    <td data-label="Run">
      <a href="${runPage(sync.runId)}">run ${sync.runId}</a>
      <small>${sync.kind}${sync.mode === 'shadow' && ', shadow'}</small>
    </td>
    <td data-label="Outcome">
      <span class="state state-${sync.state}">${sync.state}</span>
      ${sync.reason !== null && html`<small>${sync.reason}</small>`}
    </td>
    <td data-label="When">${when(settledAt ?? startedAt ?? sync.createdAt, now, timezone)}</td>
    <td data-label="Took">
      ${startedAt && settledAt ? toTheSecond(settledAt.getTime() - startedAt.getTime()) : '–'}
      ${sync.attempts > 1 && html`<small>${sync.attempts} attempts</small>`}
    </td>
    <td data-label="Rows" class="number">
      ${Number(sync.rows).toLocaleString('en-US')}
      ${sync.rejected !== '0' && html`<small>${sync.rejected} rejected</small>`}
    </td>
  </tr>`
}
