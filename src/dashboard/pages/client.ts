import { isAtLeast } from '../../ledger/users'
import { clientView } from '../../ledger/views/client-view'
import type { Route } from '../context'
import { html } from '../html'
import { sendPage } from '../layout'
import { thereIsNo } from '../ledger-id'
import { clientPage } from '../links'
import { userOf } from '../session'
import { accountTable } from './account-table'
import { pauseForms } from './pause-forms'
import { pauseLine } from './pause-line'
import { questionsOf } from './questions'

/** One client: who it is, how its accounts stand over all jobs, and its pause. */
export const showClient: Route = (ctx) => async (req, res) => {
  const id = String(req.params['id'])
  const view = await clientView(ctx.database, id, questionsOf(ctx.jobs))
  if (!view) throw thereIsNo('client', id)
  const { client, accounts, pauses, now } = view
  const { timezone } = client
  const isPaused = pauses.some(({ scope }) => scope === 'client')
  const main = html`<main>
    <p class="trail"><a href="/">Fleet</a> › clients</p>
    <h1>${client.name} <small>${client.id}</small></h1>
    <section id="client-state" data-live aria-label="State">
      ${pauses.map((pause) => pauseLine(pause, now, timezone))}
      <dl class="facts">
        <dt>Time zone</dt>
        <dd>${timezone}</dd>
        <dt>Owner</dt>
        <dd>${client.ownerEmail ?? 'nobody is named'}</dd>
      </dl>
    </section>
    ${
      isAtLeast(userOf(res).role, 'operator') &&
      html`<section id="client-controls" data-live aria-label="Controls">
        <div class="acts">${pauseForms({ at: clientPage(id), title: client.name, isPaused, timezone })}</div>
      </section>`
    }
    <section id="client-accounts" data-live>
      <h2>Accounts</h2>
      ${accountTable(accounts, { now, jobs: ctx.jobs, timezone, showJob: true })}
    </section>
  </main>`
  await sendPage(ctx, req, res, { title: client.name, main })
}
