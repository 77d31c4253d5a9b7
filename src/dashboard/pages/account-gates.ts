import type { AccountView, BreakerState, Parking } from '../../ledger/views/account-view'
import { html, type Html } from '../html'
import { clientPage, rejectedPage } from '../links'
import { whenInFull } from '../times'

/** How an account is set up, and what may keep it from being synced. No secret is among it. */
export function accountGates({ setUp, rejected, now }: AccountView): Html {
  const { timezone } = setUp
  const at = (instant: Date) => whenInFull(instant, now, timezone)
  const records = rejected.reduce((sum, each) => sum + each.records, 0)
  return html`<section id="account-gates" data-live>
    <h2>Set-up</h2>
    <dl class="facts">
      <dt>Client</dt>
      <dd><a href="${clientPage(setUp.client)}">${setUp.clientName}</a> (${setUp.client})</dd>
      <dt>Time zone</dt>
      <dd>${timezone}</dd>
      <dt>Enabled</dt>
      <dd>${setUp.enabled ? 'yes' : 'no: nothing of it is synced'}</dd>
      <dt>Credential</dt>
      <dd>
        ${setUp.credential}, set ${at(setUp.credentialUpdatedAt)} ${parked(setUp.credentialParking, at)}
      </dd>
      <dt>Account</dt>
      <dd>changed ${at(setUp.updatedAt)} ${parked(setUp.account, at)}</dd>
      ${setUp.breakers.map((breaker) => breakerFact(breaker, at))}
      ${
        setUp.notBefore &&
        setUp.notBefore > now &&
        html`<dt>Rests</dt>
          <dd>its vendor asked us to wait: goes on ${at(setUp.notBefore)}</dd>`
      }
      <dt>Rejected records</dt>
      <dd>
        ${
          records === 0
            ? 'none'
            : html`<a href="${rejectedPage({ account: setUp.id })}">${records}</a>:
                ${rejected.map((each) => `${each.stream} ${each.records}`).join(', ')}`
        }
      </dd>
      <dt>Settings</dt>
      <dd><pre>${JSON.stringify(setUp.settings, null, 2)}</pre></dd>
    </dl>
  </section>`
}

type At = (instant: Date) => Html

function parked({ parkedAt, reason, probeAt, probes }: Parking, at: At): Html | false {
  if (!parkedAt) return html`<span class="state state-ok">not parked</span>`
  return html`<br /><span class="state state-parked">parked</span> since ${at(parkedAt)}: ${reason}.
    ${probeAt && html`Tried again by itself ${at(probeAt)}${probes > 0 && `, after ${probes} in vain`}.`}`
}

function breakerFact({ scope, failures, openedAt, probeAt, message }: BreakerState, at: At): Html {
  return html`<dt>Circuit breaker of the ${scope}</dt>
    <dd>
      <span class="state state-${openedAt ? 'failed' : 'waiting'}">${openedAt ? 'open' : 'closed'}</span>
      ${failures} ${failures === 1 ? 'failure' : 'failures'} in a row, the last: ${message}.
      ${openedAt && html`Open since ${at(openedAt)}.`}
      ${probeAt && html`Lets one sync through ${at(probeAt)}.`}
    </dd>`
}
