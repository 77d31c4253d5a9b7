import { fleetView } from '../../ledger/fleet-view'
import { asset } from '../assets'
import type { Route } from '../context'
import { html } from '../html'
import { page } from '../layout'
import { userOf } from '../session'
import { standingOf, standings } from './fleet-standing'
import { fleetRow } from './fleet-row'

/** How the whole fleet stands, what needs a look first. The page brings itself up to date every few seconds. */
export const fleetPage: Route = (ctx) => async (_req, res) => {
  const questions = ctx.jobs.map(({ id, freshness, effective }) => ({ id, freshness, mode: effective.mode }))
  const view = await fleetView(ctx.database, questions, 3)
  const rows = ctx.jobs
    .flatMap((job) => {
      const jobView = view.jobs.get(job.id)
      return jobView ? [{ job, view: jobView, standing: standingOf(job, jobView), now: view.now }] : []
    })
    .toSorted((a, b) => standings.indexOf(a.standing) - standings.indexOf(b.standing))
  const count = (standing: string) => rows.filter((row) => row.standing === standing).length
  const main = html`<main id="fleet">
    <h1>Fleet</h1>
    <p class="summary">
      <span class="standing-look">${count('look')} to look at</span>
      <span class="standing-fine">${count('fine')} in order</span>
      <span class="standing-off">${count('off')} off</span>
      <small
        >as of
        <time datetime="${view.now.toISOString()}">${view.now.toISOString().slice(11, 19)} UTC</time></small
      >
    </p>
    <table class="fleet">
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">Schedule</th>
          <th scope="col">Last slot</th>
          <th scope="col">Last runs</th>
          <th scope="col">Freshness</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(fleetRow)}
      </tbody>
    </table>
  </main>`
  const head = html`<script src="${asset('fleet.js')}" defer></script>
    <noscript><meta http-equiv="refresh" content="30" /></noscript>`
  res.send(page(ctx, { title: 'Fleet', user: userOf(res), main, head }))
}
