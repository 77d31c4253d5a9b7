import express, { type RequestHandler } from 'express'
import { z } from 'zod'
import { recordAct } from '../../ledger/audit'
import { findUser } from '../../ledger/users'
import { formBody } from '../bodies'
import type { Context, Route } from '../context'
import { RefusedError } from '../errors'
import { html } from '../html'
import { page } from '../layout'
import { rememberAddress, throttleLogins } from '../login-throttle'
import { localPath } from '../requests'
import { logIn, visitor } from '../session'

const Form = z.object({
  name: z.string().max(200),
  password: z.string().max(1000),
  to: z.string().max(2000).default('/'),
})

/** The login page. `to` is where a login leads. */
export const loginForm: Route = (ctx) => (req, res) => {
  const to = localPath(req.query['to'])
  if (visitor(res)) return res.redirect(303, to)
  res.send(formPage(ctx, { to }))
}

/** Checks name and password, and starts a session. Which of the two was wrong is not said. */
export const submitLogin: Route = (ctx) => {
  const steps = [...formBody, ...throttleLogins(ctx), attempt(ctx)]
  return express.Router().use(...steps)
}

const attempt =
  (ctx: Context): RequestHandler =>
  async (req, res) => {
    const parsed = Form.safeParse(req.body)
    if (!parsed.success) throw new RefusedError(400, 'a login needs a name and a password')
    const { name, password, to } = parsed.data
    if (ctx.secureCookies && !req.secure) {
      throw new RefusedError(
        400,
        'This dashboard takes logins over HTTPS only. The proxy in front of it must set X-Forwarded-Proto.',
      )
    }
    const user = await findUser(ctx.database, name)
    if (!(await ctx.passwords.verify(password, user?.passwordHash)) || !user) {
      ctx.logger.warn('login refused', { address: req.ip })
      res.status(401).send(formPage(ctx, { to: localPath(to), name, wrong: true }))
      return
    }
    // First the row: a login that cannot be recorded does not happen.
    await recordAct(ctx.database, {
      actor: user.name,
      via: 'dashboard',
      origin: req.ip ?? 'unknown',
      action: 'log in',
      subject: `user ${user.name}`,
      outcome: 'done',
    })
    await logIn(ctx, req, user)
    await rememberAddress(ctx, req)
    ctx.logger.info('login', { user: user.name, role: user.role, address: req.ip })
    res.redirect(303, localPath(to))
  }

const formPage = (ctx: Context, form: { to: string; name?: string; wrong?: boolean }): string =>
  page(ctx, {
    title: 'Log in',
    main: html`<main class="narrow">
      <h1>Log in</h1>
      <form class="fields" method="post" action="/login">
        ${form.wrong && html`<p class="notice" role="alert">That name and password do not fit together.</p>`}
        <input type="hidden" name="to" value="${form.to}" />
        <label>
          Name
          <input
            name="name"
            value="${form.name}"
            autocomplete="username"
            required
            autofocus
            autocapitalize="none"
          />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button>Log in</button>
      </form>
    </main>`,
  })
