import { z } from 'zod'
import { listedSyncs, runView, type RunView } from '../../ledger/views/run-view'
import { isAtLeast, type Role } from '../../ledger/users'
import { inWords } from '../../lib/durations'
import { actForm } from '../act-form'
import type { Context, Route } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { ledgerIdOf, thereIsNo } from '../ledger-id'
import { boardJobOfRun, jobPage, runPage, syncPage } from '../links'
import { userOf } from '../session'
import { toTheSecond, whenInFull } from '../times'
import { counted, factList, tiles } from './facts'
import { runActivity } from './run-activity'
import { runSyncs, syncsAPage } from './run-syncs'

const Query = z.object({
  state: z
    .enum(['waiting', 'running', 'ok', 'partial', 'deferred', 'skipped', 'failed', 'cancelled', 'superseded'])
    .optional()
    .catch(undefined),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
})

/** One run: why there is one, how it stands, what it has done and cost, what went wrong, and its syncs. */
export const showRun: Route = (ctx) => async (req, res) => {
  const id = ledgerIdOf(req, 'run')
  const shown = Query.parse(req.query)
  const { state, page } = shown
  const [view, listed] = await Promise.all([
    runView(ctx.database, id),
    listedSyncs(ctx.database, id, {
      ...(state ? { state } : {}),
      limit: syncsAPage,
      offset: (page - 1) * syncsAPage,
    }),
  ])
  if (!view) throw thereIsNo('run', id)
  const { title, timezone } = jobFacts(ctx, view.run.job)
  const main = html`<main>
    <p class="trail"><a href="/">Fleet</a> › <a href="${jobPage(view.run.job)}">${title}</a> › runs</p>
    <h1>Run ${id} of ${title}</h1>
    <section id="run-state" data-live aria-label="State">
      ${figures(view)} ${runActivity(view, timezone)} ${facts(view, timezone)}
    </section>
    ${acts(view, userOf(res).role)} ${errors(view)} ${runSyncs(view, listed, shown, timezone)}
  </main>`
  await sendPage(ctx, req, res, { title: `Run ${id} of ${title}`, main })
}

/** A job that this deployment does not know any more has its id for a title. */
export function jobFacts(
  { jobs }: Context,
  id: string,
): { readonly title: string; readonly timezone: string } {
  const job = jobs.find((each) => each.id === id)
  return { title: job?.title ?? id, timezone: job?.effective.timezone ?? 'UTC' }
}

function figures({ run, sums, now }: RunView): Html {
  const took = toTheSecond((run.settledAt ?? now).getTime() - run.startedAt.getTime())
  return tiles([
    [
      run.settledAt ? `took ${took}` : `for ${took} so far`,
      html`<span class="state state-${run.state}">${run.state}</span>`,
    ],
    ['syncs ok', `${run.ok} of ${run.syncs}`],
    ['records read', counted(sums.read)],
    ['new', counted(sums.inserted)],
    ['changed', counted(sums.updated)],
    ['unchanged', counted(sums.unchanged)],
    ['removed', counted(sums.removed)],
    ['rejected', counted(run.rejected)],
    ['pages', counted(sums.pages)],
    ['attempts', counted(sums.attempts)],
    ['calls to vendors', counted(sums.calls)],
    ['waited for vendors’ limits, all syncs together', inWords(sums.limitWait)],
  ])
}

function facts({ run, sums, now }: RunView, timezone: string): Html {
  const at = (instant: Date | null) => instant && whenInFull(instant, now, timezone)
  return factList([
    ['Kind', `${run.kind}${run.mode === 'shadow' ? ', shadow: into tables of its own' : ''}`],
    ['Due', at(run.dueAt)],
    ['Started', at(run.startedAt)],
    ['Starts spread until', sums.spreadUntil && sums.spreadUntil > now && at(sums.spreadUntil)],
    ['Ended', at(run.settledAt)],
    ['Asked for by', run.requestedBy],
    ['Reason', run.reason],
    ['Only streams', run.streams?.join(', ')],
    ['Only accounts', run.accounts && `${run.accounts.length} that were asked for`],
    ['Cancelled by', run.cancelledBy !== null && `${run.cancelledBy}: ${run.cancelReason}`],
    [
      'In the queues',
      html`<a href="${boardJobOfRun(run)}">its job in Bull Board</a>, kept there for some days`,
    ],
    ['In the logs', html`lines with <code>"runId":"${run.id}"</code>`],
  ])
}

function acts({ run }: RunView, role: Role): Html {
  const canCancel = run.state === 'running' && isAtLeast(role, 'operator')
  return html`<div class="acts" id="run-acts" data-live>
    ${
      canCancel &&
      actForm({
        action: `${runPage(run.id)}/cancel`,
        button: 'Cancel this run',
        explanation: `Its ${run.open} open syncs end where they are, within seconds. What they have written stays.`,
        reason: 'optional',
        isGrave: true,
      })
    }
  </div>`
}

function errors({ errors: met, run }: RunView): Html {
  return html`<section id="run-errors" data-live>
    ${
      met.length > 0 &&
      html`<h2>Errors</h2>
        <ul class="runs">
          ${met.map(
            ({ code, signature, syncs, message, syncId }) =>
              html`<li data-key="${code}-${signature}">
                <b>${code}</b> in ${syncs} of ${run.syncs} syncs, such as
                <a href="${syncPage(syncId)}">sync ${syncId}</a>
                <small>${message}</small>
              </li>`,
          )}
        </ul>`
    }
  </section>`
}
