import { z } from 'zod'
import { postgresTime } from '../../ledger/postgres/time'
import { errorDays } from '../../ledger/views/search'
import type { Context, Route } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { accountPage, clientPage, jobPage, runPage, syncPage, withQuery } from '../links'
import { wallClock, when } from '../times'
import { searchLedger, type SearchResult } from './search-ledger'

const Query = z.object({ q: z.string().trim().max(200).catch('') })

/** Finds clients, accounts, jobs, runs, syncs, errors and what there was at a time, by one text. */
export const searchPage: Route = (ctx) => async (req, res) => {
  const { q } = Query.parse(req.query)
  const now = await postgresTime(ctx.database)
  const found = q === '' ? undefined : await searchLedger(ctx, q, now)
  const main = html`<main>
    <h1>Search</h1>
    <form class="filters" action="/search">
      <label>
        Client, account, job, run, sync, words of an error, or a time such as 2026-11-21 06:00
        <input type="search" name="q" value="${q}" size="40" maxlength="200" required autofocus />
      </label>
      <button>Search</button>
    </form>
    ${found && results(ctx, found, q, now)}
  </main>`
  await sendPage(ctx, req, res, { title: q === '' ? 'Search' : `Search: ${q}`, main })
}

interface Group {
  readonly title: string
  /** What it shows is what was asked for, letter by letter. */
  readonly isExact: boolean
  readonly hits: readonly Html[]
}

function results(ctx: Context, found: SearchResult, text: string, now: Date): Html {
  const groups = groupsOf(ctx, found, text.toLowerCase(), now).filter(({ hits }) => hits.length > 0)
  if (groups.length === 0)
    return html`<p role="status">
      Nothing was found. Errors are searched ${errorDays} days back; a run or sync is found by its number.
    </p>`
  return html`${groups
    .toSorted((a, b) => Number(b.isExact) - Number(a.isExact))
    .map(
      ({ title, hits }) =>
        html`<h2>${title}</h2>
          <ul>
            ${hits.map((hit) => html`<li>${hit}</li>`)}
          </ul>`,
    )}`
}

function groupsOf(ctx: Context, found: SearchResult, text: string, now: Date): Group[] {
  const titles = new Map(ctx.jobs.map(({ id, title }) => [id, title]))
  const titleOf = (job: string): string => titles.get(job) ?? job
  const isText = (...names: readonly string[]) => names.some((name) => name.toLowerCase() === text)
  return [
    { title: 'At that time', isExact: true, hits: found.moments.map((moment) => momentHit(ctx, moment)) },
    {
      title: 'Runs',
      isExact: true,
      hits: found.runs.map(
        (run) =>
          html`<a href="${runPage(run.id)}">Run ${run.id}</a> of ${titleOf(run.job)}, ${state(run.state)}
            ${run.kind}, ${when(run.startedAt, now, 'UTC')}`,
      ),
    },
    {
      title: 'Syncs',
      isExact: true,
      hits: found.syncs.map(
        (sync) =>
          html`<a href="${syncPage(sync.id)}">Sync ${sync.id}</a> of ${titleOf(sync.job)}, ${sync.clientName}
            (${sync.externalId}), ${state(sync.state)} ${when(sync.createdAt, now, 'UTC')}`,
      ),
    },
    {
      title: 'Clients',
      isExact: found.clients.some(({ id, name }) => isText(id, name)),
      hits: found.clients.map(
        ({ id, name }) => html`<a href="${clientPage(id)}">${name}</a> <small>${id}</small>`,
      ),
    },
    {
      title: 'Jobs',
      isExact: found.jobs.some(({ id, title }) => isText(id, title)),
      hits: found.jobs.map(
        ({ id, title, summary }) => html`<a href="${jobPage(id)}">${title}</a> <small>${summary}</small>`,
      ),
    },
    {
      title: 'Accounts',
      isExact: found.accounts.some(({ id, externalId }) => isText(id, externalId)),
      hits: found.accounts.map(
        (account) =>
          html`<a href="${accountPage(account.id)}">${titleOf(account.job)} account ${account.externalId}</a>
            of <a href="${clientPage(account.client)}">${account.clientName}</a>
            <small>no. ${account.id}</small>`,
      ),
    },
    {
      title: `Errors of the last ${errorDays} days`,
      isExact: false,
      hits: found.errors.map(
        (error) =>
          html`<a href="${syncPage(error.syncId)}">${error.message}</a>
            <small>
              ${titleOf(error.job)}, ${error.count} ${error.count === 1 ? 'sync' : 'syncs'}, the last
              ${when(error.at, now, 'UTC')}
            </small>`,
      ),
    },
    {
      title: `Incidents of the last ${errorDays} days`,
      isExact: false,
      hits: found.incidents.map(
        (incident) =>
          html`${incident.message}
            <small>
              ${incident.job && html`${titleOf(incident.job)}, `}${incident.subject}, began
              ${when(incident.openedAt, now, 'UTC')}${incident.closedAt ? ', over' : ', lasts'}
            </small>`,
      ),
    },
  ]
}

const state = (name: string): Html => html`<span class="state state-${name}">${name}</span>`

/** What was due last at a time, what became of it, and what was under way; its link leads to the reasons. */
function momentHit({ jobs }: Context, moment: SearchResult['moments'][number]): Html {
  const job = jobs.find(({ id }) => id === moment.job)
  const timezone = job?.effective.timezone ?? 'UTC'
  const slot =
    moment.dueAt &&
    html`last due
      <a href="${withQuery(jobPage(moment.job), { slot: moment.dueAt.toISOString() })}"
        >${wallClock(moment.dueAt, timezone)}</a
      >
      ${moment.state && state(moment.state)} ${moment.reason}
      ${moment.runId && html`<a href="${runPage(moment.runId)}">run ${moment.runId}</a>`}`
  return html`<strong>${job?.title ?? moment.job}</strong> at ${wallClock(moment.instant, timezone)}:
    ${slot ?? 'nothing had been due'}${moment.underWay.map(
      ({ id }) => html`, under way <a href="${runPage(id)}">run ${id}</a>`,
    )}`
}
