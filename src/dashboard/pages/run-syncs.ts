import type { ListedSync, RunView } from '../../ledger/views/run-view'
import type { SyncState } from '../../ledger/work/syncs'
import { whyOfSync } from '../../runs/history/why-of-sync'
import { html, type Html } from '../html'
import { accountPage, clientPage, rejectedPage, runPage, syncPage, withQuery } from '../links'
import { toTheSecond, when } from '../times'
import { counted } from './facts'
import { table } from './table'

/** Which of a run's syncs are shown, and from where on. */
export interface ShownSyncs {
  readonly state?: SyncState | undefined
  /** From 1. */
  readonly page: number
}

/** How many of a run's syncs are on a page. */
export const syncsAPage = 100

/** The syncs of a run, those that need a look first: all, or those in one state. */
export function runSyncs(
  view: RunView,
  listed: readonly ListedSync[],
  shown: ShownSyncs,
  timezone: string,
): Html {
  return html`<section id="run-syncs" data-live>
    <h2>Syncs</h2>
    ${filters(view, shown)} ${listed.length === 0 && html`<p>None.</p>`}
    ${
      listed.length > 0 &&
      table(
        [
          'Sync',
          'Account',
          'State',
          'Took',
          { number: 'Attempts' },
          { number: 'Calls' },
          { number: 'Read' },
          { number: 'Changed' },
          { number: 'Rejected' },
        ],
        listed.slice(0, syncsAPage).map((sync) => row(sync, view.now, timezone)),
      )
    }
    ${pager(view.run.id, shown, listed.length > syncsAPage)}
  </section>`
}

function filters({ run, sums }: RunView, shown: ShownSyncs): Html {
  const counts: readonly (readonly [SyncState, number])[] = [
    ['failed', run.failed],
    ['deferred', run.deferred],
    ['partial', run.partial],
    ['running', sums.running],
    ['waiting', sums.waiting],
    ['cancelled', run.cancelled],
    ['superseded', run.superseded],
    ['skipped', run.skipped],
    ['ok', run.ok],
  ]
  const link = (state: SyncState | undefined, words: string): Html =>
    html`<a
      href="${withQuery(runPage(run.id), { state })}"
      ${shown.state === state && html`aria-current="true"`}
      >${words}</a
    >`
  return html`<nav class="choices" aria-label="Syncs by state">
    ${link(undefined, `all ${run.syncs}`)}
    ${counts.flatMap(([state, count]) => (count > 0 || shown.state === state ? [link(state, `${count} ${state}`)] : []))}
  </nav>`
}

function row(sync: ListedSync, now: Date, timezone: string): Html {
  const { id, state, startedAt, settledAt, waitUntil } = sync
  const end = settledAt ?? now
  const why = whyOfSync(sync)
  return html`<tr data-key="sync-${id}">
    <td data-label="Sync"><a href="${syncPage(id)}">sync ${id}</a></td>
    <td data-label="Account">
      <a href="${clientPage(sync.client)}">${sync.clientName}</a>
      <small><a href="${accountPage(sync.accountId)}">${sync.account}</a></small>
    </td>
    <td data-label="State">
      <span class="state state-${state}">${state}</span>
      ${waitUntil && waitUntil > now && html`<small>goes on ${when(waitUntil, now, timezone)}</small>`}
      ${why !== null && html`<small>${why}</small>`}
    </td>
    <td data-label="Took">${startedAt ? toTheSecond(end.getTime() - startedAt.getTime()) : 'not begun'}</td>
    <td data-label="Attempts" class="number">${counted(sync.attempts)}</td>
    <td data-label="Calls" class="number">${counted(sync.calls)}</td>
    <td data-label="Read" class="number">${counted(sync.read)}</td>
    <td data-label="Changed" class="number">${counted(sync.changed)}</td>
    <td data-label="Rejected" class="number">${rejected(sync)}</td>
  </tr>`
}

const rejected = ({ id, rejected: count }: ListedSync): Html | string =>
  count === '0' ? '0' : html`<a href="${rejectedPage({ sync: id })}">${counted(count)}</a>`

function pager(runId: string, { state, page }: ShownSyncs, hasMore: boolean): Html | false {
  if (page === 1 && !hasMore) return false
  const to = (number: number): string =>
    withQuery(runPage(runId), { state, page: number === 1 ? undefined : String(number) })
  return html`<nav class="pager" aria-label="Pages of syncs">
    ${page > 1 && html`<a href="${to(page - 1)}">The ${syncsAPage} before</a>`}
    ${hasMore && html`<a href="${to(page + 1)}">The next ${syncsAPage}</a>`}
  </nav>`
}
