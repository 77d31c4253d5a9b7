import { z } from 'zod'
import { pausesOver } from '../../ledger/control/pauses'
import { accountStates } from '../../ledger/views/account-states'
import { jobOverview } from '../../ledger/views/job-view'
import { driftOf } from '../../runs/control/override-in-words'
import { offReason } from '../../runs/slots/slot-policy'
import type { Route } from '../context'
import { html } from '../html'
import { asItIs, jobOf } from '../job-of'
import { sendPage } from '../layout'
import { boardQueue } from '../links'
import { userOf } from '../session'
import { accountTable, pageOfAccounts } from './account-table'
import { jobControls } from './job-controls'
import { foreseeSchedule, jobReschedule } from './job-reschedule'
import { jobRuns } from './job-runs'
import { jobSchedule } from './job-schedule'
import { jobSettings } from './job-settings'
import { jobSlots } from './job-slots'
import { jobTroubles } from './job-troubles'
import { jobWhy, whyAsked } from './job-why'
import { pauseLine } from './pause-line'
import { questionsOf } from './questions'

const text = z.string().max(200).optional().catch(undefined)

/** What of it is shown: a page of slots and one of accounts; an instant that is asked about; a schedule that is looked at. */
const Query = z.object({
  until: z.iso
    .datetime()
    .transform((instant) => new Date(instant))
    .optional()
    .catch(undefined),
  accounts: z.coerce.number().int().min(1).max(10_000).catch(1),
  why: text,
  /** An instant that a link asks about. */
  slot: text,
  cron: text,
  timezone: text,
})

const shown = { slots: 12, runs: 30, accounts: 25 }

/** One job: what it does when, what became of it and why, what is wrong, how it is set, and what steers it. */
export const showJob: Route = (ctx) => async (req, res) => {
  const query = Query.parse(req.query)
  const { database } = ctx
  const job = await asItIs(database, jobOf(ctx, req))
  const [view, accounts, pauses] = await Promise.all([
    jobOverview(database, job.id, {
      slots: shown.slots,
      runs: shown.runs,
      ...(query.until === undefined ? {} : { slotsUntil: query.until }),
    }),
    accountStates(
      database,
      questionsOf([job]),
      { job: job.id },
      { limit: shown.accounts, offset: (query.accounts - 1) * shown.accounts },
    ),
    pausesOver(database, job.id),
  ])
  const { now } = view.counting
  const why = await whyAsked(ctx, job, query.why ?? query.slot, now)
  const foreseen = foreseeSchedule(ctx, job, query, now)
  if (why?.problem !== undefined || foreseen?.problem !== undefined) res.status(400)
  const { role } = userOf(res)
  const main = html`<main>
    <p class="trail"><a href="/">Fleet</a> › jobs</p>
    <h1>${job.title}</h1>
    <p>${job.summary} <a href="${boardQueue(job.id)}">Its queue</a></p>
    <section id="job-state" data-live aria-label="State">
      ${job.effective.mode === 'off' && html`<p class="banner">It is ${offReason}.</p>`}
      ${job.effective.mode === 'shadow' && html`<p class="banner">Shadow: it runs in full, into tables of its own.</p>`}
      ${pauses.map((pause) => pauseLine(pause, now, job.effective.timezone))}
      ${driftOf(job).map(({ override, inWords }) => html`<p class="banner">Not as configured: ${override.setting}: ${inWords}</p>`)}
    </section>
    ${jobControls(role, job, pauses)} ${await jobSchedule(ctx, job, view.counting)}
    ${jobReschedule(role, job, foreseen)} ${jobWhy(job, why)} ${jobSlots(job, view)} ${jobRuns(job, view)}
    ${jobTroubles(job, view)}
    <section id="job-accounts" data-live>
      <h2>Accounts</h2>
      ${accountTable(accounts.accounts, { now, jobs: ctx.jobs, timezone: job.effective.timezone, showJob: false })}
      ${pageOfAccounts(job.id, query.accounts, shown.accounts, accounts.total)}
    </section>
    ${jobSettings(job)}
  </main>`
  await sendPage(ctx, req, res, { title: job.title, main })
}
