import type { Job } from '../../job/define-job'
import type { AccountState } from '../../ledger/views/account-states'
import { html, type Html } from '../html'
import { accountPage, clientPage, jobPage, syncPage, withQuery } from '../links'
import { when } from '../times'
import { table } from './table'

interface HowToShow {
  readonly now: Date
  readonly jobs: readonly Job[]
  readonly timezone: string
  /** Whose accounts they are is known; of which jobs is not. */
  readonly showJob: boolean
}

/** Accounts as they are given, with how each stands and why. */
export function accountTable(accounts: readonly AccountState[], how: HowToShow): Html {
  if (accounts.length === 0) return html`<p>None.</p>`
  return table(
    [how.showJob ? 'Job' : 'Client', 'Account', 'State', 'Last good sync', 'Latest sync'],
    accounts.map((account) => row(account, how)),
  )
}

function row(account: AccountState, { now, jobs, timezone, showJob }: HowToShow): Html {
  const { latest } = account
  const title = jobs.find(({ id }) => id === account.job)?.title ?? account.job
  return html`<tr data-key="account-${account.id}">
    <th scope="row">
      ${
        showJob
          ? html`<a href="${jobPage(account.job)}">${title}</a>`
          : html`<a href="${clientPage(account.client)}">${account.clientName}</a>
              <small>${account.client}</small>`
      }
    </th>
    <td data-label="Account"><a href="${accountPage(account.id)}">${account.externalId}</a></td>
    <td data-label="State">${standing(account, now, timezone)}</td>
    <td data-label="Last good sync">${account.syncedAt ? when(account.syncedAt, now, timezone) : 'never'}</td>
    <td data-label="Latest sync">
      ${
        latest
          ? html`<a href="${syncPage(latest.id)}">sync ${latest.id}</a>
              <span class="state state-${latest.state}">${latest.state}</span>
              ${when(latest.settledAt ?? latest.createdAt, now, timezone)}
              ${latest.reason !== null && html`<small>${latest.reason}</small>`}`
          : 'none yet'
      }
    </td>
  </tr>`
}

/** How an account stands, and what makes it so. */
export function standing(account: AccountState, now: Date, timezone: string): Html {
  const why = account.parked ?? account.breaker ?? account.paused
  return html`<span class="state state-${account.standing}">${account.standing}</span> ${
      why !== null && html`<small>${why}</small>`
    }
    ${account.notBefore && html`<small>its vendor asked us to wait: goes on ${when(account.notBefore, now, timezone)}</small>`}`
}

/** Which part of a job's accounts this is, with the way to the others. */
export function pageOfAccounts(jobId: string, number: number, atOnce: number, total: number): Html {
  const first = (number - 1) * atOnce + 1
  const last = Math.min(number * atOnce, total)
  const to = (page: number) => `${withQuery(jobPage(jobId), { accounts: String(page) })}#job-accounts`
  return html`<nav class="pager" aria-label="Accounts">
    ${total > 0 && first <= total && html`<span>${first} to ${last} of ${total}, the worst first</span>`}
    ${number > 1 && html`<a href="${to(number - 1)}">Before</a>`}
    ${last < total && html`<a href="${to(number + 1)}">After</a>`}
  </nav>`
}
