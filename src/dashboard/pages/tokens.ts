import type { ApiToken } from '../../ledger/api-tokens'
import { longestTokenDays } from '../../runs/control/tokens'
import { actForm } from '../act-form'
import type { Context } from '../context'
import { html, type Html } from '../html'
import { wallClock, when } from '../times'
import { roleField } from './user-fields'
import { table } from './table'

/** API tokens: those that let programs in, those that did, and a form for new ones. */
export function tokenSection(tokens: readonly ApiToken[], now: Date): Html {
  const valid = tokens.filter(({ state }) => state === 'valid')
  const ended = tokens.filter(({ state }) => state !== 'valid')
  return html`<section id="tokens">
    <h2>API tokens</h2>
    <p>
      A program sends one as <code>Authorization: Bearer sft_…</code>. It can do what its role can, until it
      ends.
    </p>
    ${valid.length === 0 ? html`<p>There are none.</p>` : tokenTable(valid, now, true)}
    <div class="acts">${createForm}</div>
    ${
      ended.length > 0 &&
      html`<details id="ended-tokens">
        <summary>${ended.length} expired or revoked</summary>
        ${tokenTable(ended, now, false)}
      </details>`
    }
  </section>`
}

const tokenTable = (tokens: readonly ApiToken[], now: Date, canEnd: boolean): Html =>
  table(
    ['Name', 'Role', 'Created', 'Ends', 'Last used', ...(canEnd ? ['Change'] : [])],
    tokens.map((token) => row(token, now, canEnd)),
  )

const row = (token: ApiToken, now: Date, canEnd: boolean): Html =>
  html`<tr>
    <th scope="row">${token.name}</th>
    <td data-label="Role">${token.role}</td>
    <td data-label="Created">${when(token.createdAt, now, 'UTC')} by ${token.createdBy}</td>
    <td data-label="Ends">${endOf(token, now)}</td>
    <td data-label="Last used">${token.lastUsedAt ? when(token.lastUsedAt, now, 'UTC') : 'never'}</td>
    ${canEnd && html`<td data-label="Change"><div class="acts">${revokeForm(token)}</div></td>`}
  </tr>`

const endOf = ({ expiresAt, revokedAt, revokedBy }: ApiToken, now: Date): Html =>
  revokedAt
    ? html`revoked ${when(revokedAt, now, 'UTC')} by ${revokedBy}`
    : html`${expiresAt > now ? '' : 'expired '}${when(expiresAt, now, 'UTC')}`

const revokeForm = ({ name }: ApiToken): Html =>
  actForm({
    action: `/tokens/${encodeURIComponent(name)}/revoke`,
    button: 'Revoke',
    explanation: `Whatever uses ${name} is refused from then on.`,
    isGrave: true,
  })

const createForm = actForm({
  action: '/tokens',
  button: 'Create a token',
  explanation: 'Its text is shown once, on the next page.',
  fields: html`<label>
      Name <small>of the program that uses it</small>
      <input name="name" autocomplete="off" autocapitalize="none" maxlength="63" required />
    </label>
    ${roleField('viewer')}
    <label>
      Valid for <small>days, ${longestTokenDays} at most</small>
      <input name="days" type="number" min="1" max="${longestTokenDays}" value="90" required />
    </label>`,
})

/** The text of a new token, for the only time. */
export const newTokenPage = (
  { environment }: Pick<Context, 'environment'>,
  token: ApiToken & { readonly token: string },
): Html =>
  html`<main class="narrow">
    <h1>Token ${token.name}</h1>
    <p>Copy it now: it is not shown again, and the ledger keeps only a hash of it.</p>
    <pre class="token"><code>${token.token}</code></pre>
    <p>
      It lets a program in at ${environment} as ${token.role}, until ${wallClock(token.expiresAt, 'UTC')}
      ${token.expiresAt.getUTCFullYear()}.
    </p>
    <p><a href="/users#tokens">To all tokens</a></p>
  </main>`
