import { listTokens } from '../../ledger/api-tokens'
import { postgresTime } from '../../ledger/postgres/time'
import { listUsers, type ListedUser } from '../../ledger/users'
import { actForm } from '../act-form'
import type { Route } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { userOf } from '../session'
import { when } from '../times'
import { tokenSection } from './tokens'
import { newPasswordField, roleField } from './user-fields'
import { table } from './table'

/** Who may log in and which programs may call, with what changes that. For admins. */
export const usersPage: Route = (ctx) => async (req, res) => {
  const { database } = ctx
  const [users, tokens, now] = await Promise.all([
    listUsers(database),
    listTokens(database, { all: true }),
    postgresTime(database),
  ])
  const { name } = userOf(res)
  const main = html`<main>
    <h1>Users and tokens</h1>
    <section id="users">
      <h2>Users</h2>
      ${table(
        ['Name', 'Role', 'Changed', 'Change'],
        users.map((user) => row(user, name, now)),
      )}
      <div class="acts">${addForm}</div>
    </section>
    ${tokenSection(tokens, now)}
  </main>`
  await sendPage(ctx, req, res, { title: 'Users and tokens', main })
}

const nameField = html`<label>
  Name
  <input name="name" autocomplete="off" autocapitalize="none" maxlength="63" required />
</label>`

const addForm = actForm({
  action: '/users',
  button: 'Add a user',
  explanation: 'They can log in at once. Tell them to change the password under “My account”.',
  fields: html`${nameField} ${roleField('viewer')} ${newPasswordField}`,
})

function row(user: ListedUser, self: string, now: Date): Html {
  return html`<tr>
    <th scope="row">${user.name} ${user.name === self && html`<small>you</small>`}</th>
    <td data-label="Role">${user.role}</td>
    <td data-label="Changed">${when(user.updatedAt, now, 'UTC')}</td>
    <td data-label="Change"><div class="acts">${formsOf(user)}</div></td>
  </tr>`
}

function formsOf({ name, role }: ListedUser): readonly Html[] {
  const path = `/users/${encodeURIComponent(name)}`
  const loggedOut = `${name} is logged out everywhere.`
  return [
    actForm({
      action: `${path}/role`,
      button: 'Change role',
      explanation: `${loggedOut} Tokens of theirs that can do more than the new role are revoked.`,
      fields: roleField(role),
    }),
    actForm({
      action: `${path}/password`,
      button: 'Set password',
      explanation: loggedOut,
      fields: newPasswordField,
    }),
    actForm({ action: `${path}/log-out`, button: 'Log out everywhere', explanation: loggedOut }),
    actForm({
      action: `${path}/remove`,
      button: 'Remove',
      explanation: `${loggedOut} Tokens that ${name} created are revoked. What ${name} did stays in the audit log.`,
      isGrave: true,
    }),
  ]
}
