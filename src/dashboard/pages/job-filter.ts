import type { Job } from '../../job/define-job'
import { html, type Html } from '../html'

/** Chooses a job, or all, in a form that asks for a list. */
export const jobFilter = (jobs: readonly Job[], chosen: string | undefined): Html =>
  html`<label>
    Job
    <select name="job">
      <option value="">all</option>
      ${jobs.map(
        ({ id, title }) => html`<option value="${id}" ${id === chosen && 'selected'}>${title}</option>`,
      )}
    </select>
  </label>`
