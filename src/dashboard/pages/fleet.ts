import { accountStandings } from '../../ledger/views/account-states'
import { isAtLeast, type Role } from '../../ledger/users'
import { actForm } from '../act-form'
import { asset } from '../assets'
import type { Route } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { hasNotice } from '../notice'
import { userOf } from '../session'
import { SharedView } from '../shared-view'
import { fleetData, type FleetData } from './fleet-data'
import { matrixSection } from './fleet-matrix'
import { processesSection } from './fleet-processes'
import { fleetRow } from './fleet-row'
import { pausesSection, totalsSection, troubleSection } from './fleet-trouble'
import { table } from './table'

/** How the whole fleet stands, what needs a look first. However many look, it is computed and written once for all. */
export const fleetPage: Route = (ctx) => {
  const view = new SharedView(async () => new FleetPages(await fleetData(ctx)))
  const head = html`<script src="${asset('filter.js')}" defer></script>`
  return async (req, res) => {
    const pages = await view.get({ isFresh: hasNotice(req) })
    await sendPage(ctx, req, res, { title: 'Fleet', main: pages.of(userOf(res).role), head })
  }
}

/** The page as each role sees it, written when the first of them asks. */
class FleetPages {
  readonly #data: FleetData
  readonly #byRole = new Map<Role, Html>()

  constructor(data: FleetData) {
    this.#data = data
  }

  of(role: Role): Html {
    const page = this.#byRole.get(role) ?? fleetMain(this.#data, role)
    this.#byRole.set(role, page)
    return page
  }
}

const fleetMain = (data: FleetData, role: Role): Html =>
  html`<main>
    <h1>
      Fleet
      <small>as of <time data-as-of>${data.now.toISOString().slice(11, 19)}</time> UTC</small>
    </h1>
    ${totalsSection(data)} ${pausesSection(data)} ${isAtLeast(role, 'operator') && acts(data)} ${filter}
    <div class="parts">
      <section>
        <h2>Accounts</h2>
        ${matrixSection(data)}
      </section>
      <section class="first-on-phone">
        <h2>Accounts that need a look</h2>
        ${troubleSection(data)}
      </section>
      <section>
        <h2>Jobs</h2>
        ${jobsSection(data)}
      </section>
      <section>
        <h2>Processes</h2>
        ${processesSection(data)}
      </section>
    </div>
  </main>`

const acts = ({ pauses }: FleetData): Html =>
  html`<div id="acts" class="acts" data-live>
    ${
      pauses.some(({ scope }) => scope === 'everything')
        ? actForm({ action: '/resume', button: 'Resume everything', reason: 'optional' })
        : actForm({
            action: '/pause',
            button: 'Pause everything',
            explanation: 'No slot runs and no sync starts while it lasts. What is under way ends.',
            reason: 'required',
            until: { timezone: 'UTC' },
            isGrave: true,
          })
    }
  </div>`

const filter = html`<form class="filters" id="filter" role="search" aria-label="Show only" hidden>
  <label>Client<input type="search" name="client" autocomplete="off" /></label>
  <label>
    Stands
    <select name="standing">
      <option value="">any way</option>
      ${accountStandings.map((standing) => html`<option>${standing}</option>`)}
    </select>
  </label>
  <output></output>
</form>`

const jobsSection = ({ jobs, now }: FleetData): Html =>
  html`<div id="jobs" data-live>
    ${table(
      ['Job', 'Schedule', 'Last slot', 'Last runs', 'Freshness'],
      jobs.map((row) => fleetRow({ ...row, now })),
      'standings',
    )}
  </div>`
