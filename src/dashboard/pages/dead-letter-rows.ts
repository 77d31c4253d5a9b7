import type { DeadLetter, DeadLetterGroup } from '../../ledger/work/dead-letters'
import { signatureOf } from '../../lib/error-signature'
import { html, type Html } from '../html'
import { accountPage, clientPage, deadLettersPage, jobPage, syncPage } from '../links'
import { when } from '../times'
import { tickedForm } from './dead-letter-acts'

const timezone = 'UTC'

/** What the dead letters of a kind have in common. */
export const patternOf = ({ errorClass, errorCode, message }: DeadLetterGroup): string =>
  signatureOf({ errorClass: errorClass ?? '', code: errorCode, message: message ?? '' }).pattern

/** One kind of dead letters, in the list of all kinds. */
export function groupRow(group: DeadLetterGroup, now: Date, discarded: string | undefined): Html {
  const { job, signature, errorCode, message, syncs, accounts, overtaken } = group
  return html`<tr>
    <th scope="row">
      <a href="${deadLettersPage({ job, signature, discarded })}">${patternOf(group) || errorCode}</a>
      <small>${errorCode} · ${signature}</small>
      ${message && html`<small>latest: ${message}</small>`}
    </th>
    <td data-label="Job"><a href="${jobPage(job)}">${job}</a></td>
    <td data-label="Dead letters">
      ${syncs} <small>${accounts === 1 ? 'one account' : `${accounts} accounts`}</small>
      ${overtaken > 0 && html`<small>${overtaken} overtaken: fetched since</small>`}
    </td>
    <td data-label="First seen">
      ${when(group.firstSeen, now, timezone)} <small>build ${group.firstBuild ?? 'unknown'}</small>
    </td>
    <td data-label="Last seen">
      ${when(group.lastSeen, now, timezone)} <small>build ${group.lastBuild ?? 'unknown'}</small>
    </td>
  </tr>`
}

/** One dead letter of a kind, with a tick for whoever may act on it. */
export const letterRow = (letter: DeadLetter, now: Date, mayAct: boolean): Html =>
  html`<tr>
    <th scope="row">
      ${
        mayAct &&
        html`<input
          type="checkbox"
          name="syncs"
          value="${letter.syncId}"
          form="${tickedForm}"
          aria-label="Sync ${letter.syncId}"
        />`
      }
      <a href="${syncPage(letter.syncId)}">sync ${letter.syncId}</a>
    </th>
    <td data-label="Account">
      <a href="${clientPage(letter.client)}">${letter.client}</a>
      <small><a href="${accountPage(letter.accountId)}">${letter.account}</a></small>
    </td>
    <td data-label="Failed">
      ${when(letter.settledAt, now, timezone)}
      <small>${counted(letter.attempts, 'attempt')}, ${counted(letter.pages, 'page')}</small>
    </td>
    <td data-label="Message">
      ${letter.message} ${remarksOn(letter).map((remark) => html`<small>${remark}</small>`)}
    </td>
  </tr>`

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const remarksOn = ({ mode, lane, overtaken, discardedBy, discardReason }: DeadLetter): string[] => [
  ...(mode === 'shadow' ? ['in shadow'] : []),
  ...(lane === 'backfill' ? ['of a backfill'] : []),
  ...(overtaken ? ['overtaken: what it lacked was fetched since'] : []),
  ...(discardedBy === null ? [] : [`discarded by ${discardedBy}: ${discardReason}`]),
]
