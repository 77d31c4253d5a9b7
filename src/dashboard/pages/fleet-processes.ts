import type { FleetProcess } from '../../ledger/fleet-processes'
import { html, type Html } from '../html'
import { when } from '../times'
import type { FleetData } from './fleet-data'
import { table } from './table'

/** Schedulers, workers and dashboards: which build, since when, with how much memory, and what they have in hand. */
export const processesSection = ({ processes, jobs, now }: FleetData): Html => {
  const titles = new Map(jobs.map(({ job }) => [job.id, job.title]))
  return html`<div id="processes" data-live>
    ${table(
      ['Process', 'Build', 'Started', 'Memory', 'In hand'],
      processes.map((process) => processRow(process, titles, now)),
    )}
    ${processes.length === 0 && html`<p>No process was heard of.</p>`}
  </div>`
}

function processRow(process: FleetProcess, titles: ReadonlyMap<string, string>, now: Date): Html {
  const active = Object.entries(process.active).map(
    ([queue, count]) => `${count} ${titles.get(queue) ?? queue}`,
  )
  return html`<tr data-key="process-${process.id}">
    <th scope="row">
      ${process.kind} ${process.isLeading && html`<span class="state state-ok">leads</span>`}
      ${process.isGone && html`<span class="state state-lost">gone</span>`}
      <small>${process.id}</small>
    </th>
    <td data-label="Build">${process.build}</td>
    <td data-label="Started">
      ${when(process.startedAt, now, 'UTC')}
      ${process.isGone && html`<small>last heard of ${when(process.seenAt, now, 'UTC')}</small>`}
    </td>
    <td data-label="Memory">${tens(process.rss / 2 ** 20)} MiB</td>
    <td data-label="In hand">${active.length === 0 ? 'nothing' : active.join(', ')}</td>
  </tr>`
}

/** A few megabytes more or less are no news, and would make each look at the page a changed one. */
const tens = (count: number): number => Math.round(count / 10) * 10
