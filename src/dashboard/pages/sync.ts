import { type SyncView, syncView } from '../../ledger/views/sync-view'
import { isAtLeast, type Role } from '../../ledger/users'
import { isOpen } from '../../ledger/work/syncs'
import { inWords } from '../../lib/durations'
import { partInWords } from '../../runs/history/part-in-words'
import { type Segment, timelineOfSync } from '../../runs/history/timeline'
import { whyOfSync } from '../../runs/history/why-of-sync'
import { actForm } from '../act-form'
import type { Route } from '../context'
import { html, type Html, type HtmlValue } from '../html'
import { sendPage } from '../layout'
import { ledgerIdOf, thereIsNo } from '../ledger-id'
import { accountPage, boardJobOfSync, clientPage, jobPage, rejectedPage, runPage, syncPage } from '../links'
import { userOf } from '../session'
import { when, whenInFull } from '../times'
import { counted, factList, tiles } from './facts'
import { jobFacts } from './run'
import { syncAttempts } from './sync-attempts'
import { syncLog } from './sync-log'
import { syncStreams } from './sync-streams'
import { timeline } from './timeline'

/** One sync: how it stands and why, what its time went on, its attempts, how far it got, and its log. */
export const showSync: Route = (ctx) => async (req, res) => {
  const id = ledgerIdOf(req, 'sync')
  const sync = await syncView(ctx.database, id)
  if (!sync) throw thereIsNo('sync', id)
  const log = await syncLog(ctx, sync)
  const { title } = jobFacts(ctx, sync.job)
  const segments = timelineOfSync(sync)
  const main = html`<main>
    <p class="trail">
      <a href="/">Fleet</a> › <a href="${jobPage(sync.job)}">${title}</a> ›
      <a href="${runPage(sync.runId)}">run ${sync.runId}</a>
    </p>
    <h1>Sync ${id}: ${sync.clientName}</h1>
    <section id="sync-state" data-live aria-label="State">
      ${standing(sync, segments)} ${figures(sync)} ${facts(sync)}
    </section>
    ${acts(sync, userOf(res).role)}
    <section id="sync-timeline" data-live>
      <h2>What its time went on</h2>
      ${timeline(segments, sync.timezone)}
    </section>
    ${syncAttempts(sync)} ${syncStreams(sync, userOf(res).role)} ${log}
  </main>`
  await sendPage(ctx, req, res, { title: `Sync ${id}: ${sync.clientName}`, main })
}

function standing(sync: SyncView, segments: readonly Segment[]): Html {
  const { state, cancellingBy } = sync
  const why = whyOfSync(sync)
  const part = segments.at(-1)
  const isWaiting = state === 'waiting' && part !== undefined
  return html`<p>
      <span class="state state-${state}">${state}</span>
      ${why ?? (isWaiting && partInWords({ kind: part.kind }, String))}
    </p>
    ${isWaiting && part.reason !== undefined && part.reason !== why && html`<p>${part.reason}</p>`}
    ${cancellingBy !== null && html`<p class="banner">It is being cancelled by ${cancellingBy}.</p>`}`
}

function figures(sync: SyncView): Html {
  const sum = (of: 'calls' | 'limitWait'): number => sync.history.reduce((total, each) => total + each[of], 0)
  return tiles([
    ['pages', counted(sync.pages)],
    ['records read', counted(sync.read)],
    ['new', counted(sync.inserted)],
    ['changed', counted(sync.updated)],
    ['unchanged', counted(sync.unchanged)],
    ['removed', counted(sync.removed)],
    ['rejected', rejectedOf(sync)],
    ['calls to the vendor', counted(sum('calls'))],
    ['waited for its limits', inWords(sum('limitWait'))],
  ])
}

const rejectedOf = ({ id, accountId, rejected }: SyncView): HtmlValue =>
  rejected === '0'
    ? '0'
    : html`<a href="${rejectedPage({ account: accountId, sync: id })}">${counted(rejected)}</a>`

function facts(sync: SyncView): Html {
  const { now, timezone, discardedBy, discardReason } = sync
  const at = (instant: Date | null) => instant && whenInFull(instant, now, timezone)
  const tries = [
    `${sync.attempts} made`,
    ...(['failures', 'waits', 'interruptions', 'crashes'] as const).flatMap((kind) =>
      sync[kind] > 0 ? [`${kind}: ${sync[kind]}`] : [],
    ),
  ]
  return factList([
    [
      'Account',
      html`<a href="${accountPage(sync.accountId)}">${sync.account}</a> of
        <a href="${clientPage(sync.client)}">${sync.clientName}</a>`,
    ],
    [
      'Run',
      html`<a href="${runPage(sync.runId)}">run ${sync.runId}</a>,
        ${sync.kind}${
          sync.dueAt && html`, due ${when(sync.dueAt, now, timezone)}`
        }${sync.mode === 'shadow' && ', shadow'}`,
    ],
    ['Lane', sync.lane === 'backfill' && 'backfill: it makes way for live work'],
    ['Planned', at(sync.createdAt)],
    ['Its place', at(sync.startsAt)],
    ['Began', at(sync.startedAt)],
    ['Retried', at(sync.reopenedAt)],
    ['Goes on', sync.waitUntil && sync.waitUntil > now && at(sync.waitUntil)],
    ['Ended', at(sync.settledAt)],
    ['Attempts', tries.join(', ')],
    ['Discarded by', discardedBy !== null && `${discardedBy}: ${discardReason}`],
    [
      'In the queues',
      html`<a href="${boardJobOfSync(sync)}">its job in Bull Board</a>, kept there for some days`,
    ],
    ['In the logs', html`lines with <code>"syncId":"${sync.id}"</code>`],
  ])
}

function acts(sync: SyncView, role: Role): Html {
  const mayAct = isAtLeast(role, 'operator')
  return html`<div class="acts" id="sync-acts" data-live>
    ${
      mayAct &&
      isOpen(sync) &&
      actForm({
        action: `${syncPage(sync.id)}/cancel`,
        button: 'Cancel this sync',
        explanation: `It ends where it is, within seconds; what it has written stays.${sync.lane === 'backfill' ? ' Its backfill reads these days again.' : ''}`,
        reason: 'optional',
        isGrave: true,
      })
    }
    ${mayAct && sync.state === 'failed' && retryForm(sync)}
  </div>`
}

const retryForm = (sync: SyncView): Html =>
  actForm({
    action: `${syncPage(sync.id)}/retry`,
    button: 'Retry this sync',
    explanation: 'It keeps its id and its history. Cursors stay where they are.',
    fields: html`<label
        ><input type="radio" name="from" value="position" checked /> go on at its position</label
      >
      <label><input type="radio" name="from" value="scratch" /> from the beginning of its window</label>`,
    reason: 'optional',
  })
