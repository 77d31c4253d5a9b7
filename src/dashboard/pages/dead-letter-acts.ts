import { rateForm } from '../../lib/rate'
import { actForm } from '../act-form'
import { html, type Html } from '../html'

/** Which dead letters a page is about. */
export interface LettersShown {
  readonly job?: string | undefined
  readonly signature?: string | undefined
  /** For people: `the 12 dead letters of this kind`. */
  readonly inWords: string
}

/** The form that the ticks in a list belong to. */
export const tickedForm = 'ticked'

/** Retries or discards all that a page is about. */
export function actsOnAll({ job, signature, inWords }: LettersShown): Html {
  const hidden = html`${named(job, signature)}<input type="hidden" name="which" value="all" />`
  return html`${actForm({
    action: '/dead-letters/retry',
    button: 'Retry all',
    explanation: `Reopens ${inWords}, the latest of each account; what has been fetched since is superseded.`,
    fields: html`${hidden} ${fromField} ${rateField}`,
    reason: 'optional',
  })}
  ${actForm({
    action: '/dead-letters/discard',
    button: 'Discard all',
    explanation: `Sets ${inWords} aside: nobody is going to retry them.`,
    fields: hidden,
    reason: 'required',
    isGrave: true,
  })}`
}

/** Retries or discards those that were ticked in the list. */
export const actsOnTicked = ({ job, signature }: LettersShown): Html =>
  html`<details class="act" id="act-ticked">
    <summary>Retry or discard the ticked ones</summary>
    <form class="fields" method="post" action="/dead-letters/retry" id="${tickedForm}">
      ${named(job, signature)}
      <input type="hidden" name="which" value="ticked" />
      ${fromField} ${rateField}
      <label>
        Reason <small>discarding needs one</small>
        <input name="reason" maxlength="500" autocomplete="off" />
      </label>
      <button>Retry the ticked ones</button>
      <button class="grave" formaction="/dead-letters/discard">Discard the ticked ones</button>
    </form>
  </details>`

const named = (job: string | undefined, signature: string | undefined): Html =>
  html`${job !== undefined && html`<input type="hidden" name="job" value="${job}" />`}
  ${signature !== undefined && html`<input type="hidden" name="signature" value="${signature}" />`}`

const fromField = html`<label>
  Go on
  <select name="from">
    <option value="position">at the position that was reached</option>
    <option value="scratch">at the beginning of the window; cursors stay</option>
  </select>
</label>`

const rateField = html`<label>
  Start no more than <small>${rateForm}; empty: all at once</small>
  <input name="rate" maxlength="20" placeholder="10/min" autocomplete="off" />
</label>`
