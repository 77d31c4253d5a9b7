import type { DeadLetterSummary, JobOverview } from '../../ledger/views/job-view'
import type { LiveJob } from '../../runs/control/live-jobs'
import { html, type Html } from '../html'
import { withQuery } from '../links'
import { when } from '../times'
import { incidentList } from './incident-list'
import { table } from './table'

/** What is wrong with a job: incidents that last, and its dead letters by signature. */
export function jobTroubles(job: LiveJob, view: JobOverview): Html {
  const { incidents, deadLetters, moreDeadLetters, counting } = view
  const { timezone } = job.effective
  return html`<section id="job-troubles" data-live>
    <h2>Incidents</h2>
    ${incidentList(incidents, counting.now, timezone)}
    <h2>Dead letters</h2>
    ${deadLetters.length === 0 && html`<p>None.</p>`}
    ${
      deadLetters.length > 0 &&
      html`${table(
          ['Error', 'Latest message', { number: 'Syncs' }, { number: 'Accounts' }, 'Last'],
          deadLetters.map((group) => row(job, group, counting.now)),
        )}
        ${moreDeadLetters && html`<p>There are more; only the latest thousand were counted.</p>`}
        <p class="pager">
          <a href="${withQuery('/dead-letters', { job: job.id })}">All dead letters of the job</a>
        </p>`
    }
  </section>`
}

const row = (job: LiveJob, group: DeadLetterSummary, now: Date): Html =>
  html`<tr data-key="${group.signature}">
    <td data-label="Error">
      <a href="${withQuery('/dead-letters', { job: job.id, signature: group.signature })}"
        >${group.errorCode}</a
      >
      <small>${group.signature}</small>
    </td>
    <td data-label="Latest message">${group.message ?? '–'}</td>
    <td data-label="Syncs" class="number">${group.syncs}</td>
    <td data-label="Accounts" class="number">${group.accounts}</td>
    <td data-label="Last">${when(group.lastSeen, now, job.effective.timezone)}</td>
  </tr>`
