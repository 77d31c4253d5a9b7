import type { Route } from '../context'
import { html } from '../html'
import { sendPage } from '../layout'
import { userOf } from '../session'
import { newPasswordField } from './user-fields'

/** What everybody can change of their own: their password, and where they are logged in. */
export const myPage: Route = (ctx) => async (req, res) => {
  const { name, role } = userOf(res)
  const main = html`<main class="narrow">
    <h1>My account</h1>
    <p>You are ${name}, ${role}.</p>
    <h2>Change password</h2>
    <form class="fields" method="post" action="/me/password">
      <p>You stay logged in here, and are logged out everywhere else.</p>
      <label>
        Present password
        <input name="present_password" type="password" autocomplete="current-password" required />
      </label>
      ${newPasswordField}
      <button>Change password</button>
    </form>
    <h2>API</h2>
    <p>For programs there is <a href="/api/v1">an API</a>, which can do what its token's role includes.</p>
    <h2>Sessions</h2>
    <form class="fields" method="post" action="/me/log-out">
      <button class="quiet">Log out everywhere</button>
    </form>
  </main>`
  await sendPage(ctx, req, res, { title: 'My account', main })
}
