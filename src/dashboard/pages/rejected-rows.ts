import type { RejectedGroup, RejectedRecord } from '../../ledger/views/rejected'
import { html, type Html } from '../html'
import { accountPage, clientPage, jobPage, syncPage, withQuery } from '../links'
import { when } from '../times'

const timezone = 'UTC'

/** Records of a stream that were set aside for one reason. `asked` is what the page was asked for besides. */
export const rejectedGroupRow = (
  group: RejectedGroup,
  now: Date,
  asked: Readonly<Record<string, string | undefined>>,
): Html =>
  html`<tr>
    <th scope="row">
      <a
        href="${withQuery('/rejected', {
          ...asked,
          job: group.job,
          stream: group.stream,
          reason: group.pattern,
        })}"
        >${group.reason}</a
      >
    </th>
    <td data-label="Stream">
      <a href="${jobPage(group.job)}">${group.job}</a> <small>${group.stream}</small>
    </td>
    <td data-label="Records">
      ${group.records}
      <small>
        met ${group.times} times, ${group.accounts === 1 ? 'one account' : `${group.accounts} accounts`}
      </small>
    </td>
    <td data-label="First seen">${when(group.firstSeen, now, timezone)}</td>
    <td data-label="Last seen">${when(group.lastSeen, now, timezone)}</td>
  </tr>`

/** One record, with what is known of it. */
export const rejectedRecordRow = (rejected: RejectedRecord, now: Date): Html =>
  html`<tr data-key="${rejected.id}">
    <th scope="row">
      ${rejected.reason}
      <details>
        <summary>Record</summary>
        <pre>${JSON.stringify(rejected.record, undefined, 2)}</pre>
      </details>
    </th>
    <td data-label="Stream">
      ${rejected.job} <small>${rejected.stream}${rejected.mode === 'shadow' && ', in shadow'}</small>
    </td>
    <td data-label="Account">
      <a href="${clientPage(rejected.client)}">${rejected.client}</a>
      <small><a href="${accountPage(rejected.accountId)}">${rejected.account}</a></small>
    </td>
    <td data-label="Times" class="number">${rejected.times}</td>
    <td data-label="First seen">
      ${when(rejected.firstSeen, now, timezone)}
      <small><a href="${syncPage(rejected.firstSyncId)}">sync ${rejected.firstSyncId}</a></small>
    </td>
    <td data-label="Last seen">
      ${when(rejected.lastSeen, now, timezone)}
      <small><a href="${syncPage(rejected.lastSyncId)}">sync ${rejected.lastSyncId}</a></small>
    </td>
  </tr>`
