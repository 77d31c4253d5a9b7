import type { Job } from '../../job/define-job'
import { html, type Html, type HtmlValue } from '../html'

/** Which accounts of a job; none named means all. */
export const accountsField = html`<label>
  Accounts
  <small>client ids, external ids or account ids, separated by commas; empty: all</small>
  <input name="accounts" maxlength="5000" autocomplete="off" />
</label>`

/** A box per stream; a job with one stream has nothing to choose. */
export function streamsField(job: Job): HtmlValue {
  const streams = Object.keys(job.streams)
  return (
    streams.length > 1 &&
    html`<fieldset>
      <legend>Streams <small>none ticked: all</small></legend>
      ${streams.map((name) => html`<label><input type="checkbox" name="streams" value="${name}" /> ${name}</label>`)}
    </fieldset>`
  )
}

/** From one day to another. */
export const daysFields = (isRequired: boolean): Html =>
  html`<label>From <input type="date" name="from" ${isRequired && html`required`} /></label>
    <label>To <small>included</small><input type="date" name="to" ${isRequired && html`required`} /></label>`
