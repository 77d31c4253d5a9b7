import type { Pause } from '../../ledger/control/pauses'
import { isAtLeast, type Role } from '../../ledger/users'
import type { LiveJob } from '../../runs/control/live-jobs'
import { actForm } from '../act-form'
import { html, type Html } from '../html'
import { jobPage } from '../links'
import { pauseForms } from './pause-forms'
import { accountsField, daysFields, streamsField } from './run-fields'

/** What steers a job, as far as the role goes; nothing for those who may only look. */
export function jobControls(role: Role, job: LiveJob, pauses: readonly Pause[]): Html | false {
  if (!isAtLeast(role, 'operator')) return false
  const isPaused = pauses.some(({ scope }) => scope === 'job')
  return html`<section id="job-controls" data-live aria-label="Controls">
    <div class="acts">
      ${runNowForm(job)}
      ${pauseForms({ at: jobPage(job.id), title: job.title, isPaused, timezone: job.effective.timezone })}
      ${job.backfill && backfillForm(job)} ${isAtLeast(role, 'admin') && limitForms(job)}
    </div>
  </section>`
}

const runNowForm = (job: LiveJob): Html =>
  actForm({
    action: `${jobPage(job.id)}/run-now`,
    button: 'Run now',
    fields: html`${accountsField} ${streamsField(job)}
    ${
      job.backfill &&
      html`<p><small>With days it becomes a backfill of those days:</small></p>
        ${daysFields(false)}`
    }`,
    reason: 'optional',
  })

const backfillForm = (job: LiveJob): Html =>
  actForm({
    action: `${jobPage(job.id)}/backfill`,
    button: 'Backfill',
    explanation: 'Reads past days again, behind all live work.',
    fields: html`${daysFields(true)} ${accountsField} ${streamsField(job)}`,
    reason: 'optional',
  })

function limitForms(job: LiveJob): Html {
  const until = { timezone: job.effective.timezone }
  return html`${actForm({
    action: `${jobPage(job.id)}/concurrency`,
    button: 'Change concurrency',
    fields: html`<label>
      Syncs at once in each worker
      <input
        type="number"
        name="concurrency"
        min="1"
        max="100"
        required
        value="${job.effective.concurrency}"
      />
    </label>`,
    reason: 'required',
    until,
  })}
  ${actForm({
    action: `${jobPage(job.id)}/rate`,
    button: 'Change rate',
    fields: html`<label>
      Percent of the vendor’s limits that its calls may use
      <input type="number" name="percent" min="1" max="100" required value="${job.ratePercent}" />
    </label>`,
    reason: 'required',
    until,
  })}
  ${job.overrides.map(({ setting, reason, madeBy }) =>
    actForm({
      action: `${jobPage(job.id)}/revert`,
      button: `Revert the ${setting}`,
      explanation: html`${madeBy} set it: ${reason}. From then on the configuration holds again.`,
      fields: html`<input type="hidden" name="setting" value="${setting}" />`,
      reason: 'optional',
    }),
  )}`
}
