import { z } from 'zod'
import { pausesOver } from '../../ledger/control/pauses'
import { inWords } from '../../lib/durations'
import { accountStates } from '../../ledger/views/account-states'
import { accountView } from '../../ledger/views/account-view'
import type { Route } from '../context'
import { html } from '../html'
import { asItIs, jobNamed } from '../job-of'
import { sendPage } from '../layout'
import { ledgerIdOf, thereIsNo } from '../ledger-id'
import { clientPage, jobPage } from '../links'
import { userOf } from '../session'
import { when } from '../times'
import { accountControls } from './account-controls'
import { accountGates } from './account-gates'
import { accountStreams } from './account-streams'
import { accountSyncs } from './account-syncs'
import { standing } from './account-table'
import { incidentList } from './incident-list'
import { pauseLine } from './pause-line'
import { questionsOf } from './questions'

const Query = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .catch(undefined),
})

const syncsAtOnce = 15

/** One client's connection to one vendor: how fresh it is, what keeps it, how far its streams are, and what steers it. */
export const showAccount: Route = (ctx) => async (req, res) => {
  const id = ledgerIdOf(req, 'account')
  const { before } = Query.parse(req.query)
  const { database } = ctx
  const view = await accountView(database, id, {
    syncs: syncsAtOnce,
    ...(before === undefined ? {} : { before }),
  })
  if (!view) throw thereIsNo('account', id)
  const { setUp, now } = view
  const job = await asItIs(database, jobNamed(ctx.jobs, setUp.job))
  const [states, pauses] = await Promise.all([
    accountStates(database, questionsOf([job]), { id }, { limit: 1 }),
    pausesOver(database, job.id, [id]),
  ])
  const [state] = states.accounts
  const { timezone } = setUp
  const main = html`<main>
    <p class="trail">
      <a href="/">Fleet</a> › <a href="${jobPage(job.id)}">${job.title}</a> ›
      <a href="${clientPage(setUp.client)}">${setUp.clientName}</a>
    </p>
    <h1>${setUp.externalId} <small>account ${id}</small></h1>
    <section id="account-state" data-live aria-label="State">
      ${pauses.map((pause) => pauseLine(pause, now, timezone))}
      <p>
        ${state && standing(state, now, timezone)} Last good sync:
        ${state?.syncedAt ? when(state.syncedAt, now, timezone) : 'never'}; it should not be older than
        ${inWords(job.freshness)}.
      </p>
    </section>
    ${accountControls(userOf(res).role, job, view, pauses)} ${accountGates(view)}
    ${accountStreams(view, userOf(res).role)}
    ${accountSyncs(view, { atOnce: syncsAtOnce, isFirstPage: before === undefined })}
    <section id="account-incidents" data-live>
      <h2>Incidents</h2>
      ${incidentList(view.incidents, now, timezone)}
    </section>
  </main>`
  await sendPage(ctx, req, res, { title: `${setUp.externalId}, ${job.title}`, main })
}
