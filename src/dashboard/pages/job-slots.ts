import type { SlotOutcome } from '../../ledger/slots/slot-history'
import type { JobOverview } from '../../ledger/views/job-view'
import type { LiveJob } from '../../runs/control/live-jobs'
import { clocksInWords } from '../../runs/slots/slot-clocks'
import { html, type Html } from '../html'
import { jobPage, runPage, withQuery } from '../links'
import { wallClock, when } from '../times'
import { table } from './table'

/** The last slots of a job, each with its one outcome and the reason for it, page by page. */
export function jobSlots(job: LiveJob, { counting, slots, slotsAtOnce, isFirstPage }: JobOverview): Html {
  const more = slots[slotsAtOnce]
  return html`<section id="job-slots" data-live>
    <h2>What became of its slots</h2>
    ${slots.length === 0 && html`<p>None has been due yet.</p>`}
    ${
      slots.length > 0 &&
      table(
        ['Due', 'Outcome', 'Run', 'Why'],
        slots.slice(0, slotsAtOnce).map((slot) => row(job, counting, slot)),
      )
    }
    <nav class="pager" aria-label="Slots">
      ${!isFirstPage && html`<a href="${jobPage(job.id)}#job-slots">The latest</a>`}
      ${more && html`<a href="${withQuery(jobPage(job.id), { until: more.dueAt.toISOString() })}#job-slots">Earlier</a>`}
    </nav>
  </section>`
}

function row(job: LiveJob, counting: JobOverview['counting'], slot: SlotOutcome): Html {
  const { timezone } = job.effective
  return html`<tr data-key="${slot.id}">
    <td data-label="Due">
      ${wallClock(slot.dueAt, timezone)}
      <small>${when(slot.dueAt, counting.now, timezone)} ${clocksInWords(job, counting, slot.dueAt)}</small>
    </td>
    <td data-label="Outcome"><span class="state state-${slot.state}">${slot.state}</span></td>
    <td data-label="Run">
      ${slot.runId === null ? '–' : html`<a href="${runPage(slot.runId)}">run ${slot.runId}</a>`}
      ${
        slot.run &&
        html`<span class="state state-${slot.run.state}">${slot.run.state}</span>
          <small
            >${slot.run.kind === 'catch-up' && 'catch-up, '}${slot.run.ok} of ${slot.run.syncs} accounts
            ok</small
          >`
      }
    </td>
    <td data-label="Why">${slot.reason ?? '–'}</td>
  </tr>`
}
