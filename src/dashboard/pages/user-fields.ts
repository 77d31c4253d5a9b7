import { roles, type Role } from '../../ledger/users'
import { shortestPassword } from '../../lib/password-rules'
import { html, type Html } from '../html'

/** Roles to choose from, with one chosen already. */
export const roleField = (chosen: Role): Html =>
  html`<label>
    Role
    <select name="role">
      ${roles.map((role) => html`<option value="${role}" ${role === chosen && 'selected'}>${role}</option>`)}
    </select>
  </label>`

/** A password that is chosen, not one that is known. */
export const newPasswordField: Html = html`<label>
  New password <small>${shortestPassword} characters or more</small>
  <input
    name="password"
    type="password"
    autocomplete="new-password"
    minlength="${shortestPassword}"
    required
  />
</label>`
