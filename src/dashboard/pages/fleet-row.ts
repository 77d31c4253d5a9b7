import type { Job } from '../../job/define-job'
import type { Freshness, JobView, LastRun, LastSlot, OpenIncidents } from '../../ledger/fleet-view'
import { nextInstant, type Schedule } from '../../lib/cron'
import { cronInWords } from '../../lib/cron-in-words'
import { inWords, seconds } from '../../lib/durations'
import { html, type Html } from '../html'
import { jobPage, runPage } from '../links'
import { wallClock, when } from '../times'
import type { Standing } from './fleet-standing'

interface Row {
  readonly job: Job
  readonly view: JobView
  readonly standing: Standing
  readonly now: Date
}

/** One job in the table of the fleet page; a card of its own on a phone. */
export function fleetRow({ job, view, standing, now }: Row): Html {
  const { timezone } = job.effective
  return html`<tr class="standing-${standing}" data-key="job-${job.id}">
    <th scope="row">
      <a href="${jobPage(job.id)}">${job.title}</a>
      ${standing === 'look' && html`<span class="state state-look">look</span>`}
      <small>${job.summary}</small>
      ${modeOf(job)} ${view.incidents && incidentsOf(view.incidents)}
    </th>
    <td data-label="Schedule">
      ${cronInWords(job.effective.cron)}
      <small>${timezone}</small>
      ${nextSlot(job, now)}
    </td>
    <td data-label="Last slot">${lastSlot(view.lastSlot, now, timezone)}</td>
    <td data-label="Last runs">
      ${view.lastRuns.length === 0 && html`<small>none yet</small>`}
      <ul class="runs">
        ${view.lastRuns.map((run) => lastRun(run, now, timezone))}
      </ul>
    </td>
    <td data-label="Freshness">${freshness(view.freshness, job, now)}</td>
  </tr>`
}

function modeOf({ effective: { mode } }: Job): Html | false {
  if (mode === 'live') return false
  const words = mode === 'shadow' ? 'shadow: runs in full, into tables of its own' : 'off by its settings'
  return html`<small class="mode">${words}</small>`
}

function incidentsOf({ count, latest }: OpenIncidents): Html {
  return html`<small
    >${count === 1 ? 'an incident is open' : `${count} incidents are open; the latest`}: ${latest}</small
  >`
}

const instants = new Map<string, Date>()

/** The next instant of a schedule. It stays the same until it has come, and reckoning it is dear. */
function upcoming(schedule: Schedule, now: Date): Date {
  const key = `${schedule.cron} ${schedule.timezone}`
  const known = instants.get(key)
  if (known && known > now) return known
  const next = nextInstant(schedule, now)
  instants.set(key, next)
  return next
}

function nextSlot({ effective }: Job, now: Date): Html {
  const next = upcoming(effective, now)
  return html`<small
    >next ${wallClock(next, effective.timezone)}, ${when(next, now, effective.timezone)}</small
  >`
}

function lastSlot(slot: LastSlot | undefined, now: Date, timezone: string): Html {
  if (!slot) return html`<small>none yet</small>`
  return html`<span class="state state-${slot.state}">${slot.state}</span>
    <small>${wallClock(slot.dueAt, timezone)}, ${when(slot.dueAt, now, timezone)}</small>
    ${slot.reason && html`<small>${slot.reason}</small>`}`
}

function lastRun(run: LastRun, now: Date, timezone: string): Html {
  const syncs = Object.entries(run.syncs).filter(([, count]) => count > 0)
  const facts = [
    run.kind === 'slot' ? [] : [run.kind],
    run.settledAt ? [`took ${toTheSecond(run.settledAt.getTime() - run.startedAt.getTime())}`] : [],
    syncs.map(([outcome, count]) => `${count} ${outcome}`),
    [`${run.rows.toLocaleString('en-US')} ${run.rows === 1 ? 'row' : 'rows'}`],
  ].flat()
  return html`<li>
    <a class="state state-${run.state}" href="${runPage(run.id)}">${run.state}</a>
    ${when(run.startedAt, now, timezone)}
    <small>${facts.join(' · ')}</small>
  </li>`
}

/** A duration in words, without milliseconds beyond a second. */
const toTheSecond = (duration: number): string =>
  inWords(duration < seconds(1) ? duration : duration - (duration % seconds(1)))

function freshness({ accounts, fresh, oldest }: Freshness, job: Job, now: Date): Html {
  if (job.effective.mode === 'off') return html`<small>not kept while off</small>`
  if (!oldest) return html`<small>no enabled accounts</small>`
  return html`<meter
      min="0"
      max="${accounts}"
      low="${accounts}"
      optimum="${accounts}"
      value="${fresh}"
    ></meter>
    ${fresh} of ${accounts} fresh
    <small>
      oldest: ${oldest.client} (${oldest.account}),
      ${oldest.syncedAt ? when(oldest.syncedAt, now, job.effective.timezone) : 'never synced'}
    </small>
    <small>objective: ${inWords(job.freshness)}</small>`
}
