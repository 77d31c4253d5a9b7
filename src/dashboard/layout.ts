import type { Request, Response } from 'express'
import { openPauses } from '../ledger/control/pauses'
import { isAtLeast, type User } from '../ledger/users'
import { asset } from './assets'
import type { Context } from './context'
import { html, type Html, type HtmlValue } from './html'
import { bytesOf, digestOf, isLive, liveHead } from './live'
import { takeNotice } from './notice'
import { pausesBanner } from './pauses-banner'
import { userOf } from './session'

/** What a page of its own brings along. */
export interface PageContent {
  readonly title: string
  /** A `main` element. Elements in it with an id and `data-live` are kept up to date while somebody looks. */
  readonly main: Html
  /** Put into the head: a script of the page's own. */
  readonly head?: HtmlValue
}

interface Page extends PageContent {
  /** Absent on pages that answer without login. */
  readonly user?: User | undefined
  /** Where the person is: its link is marked in the navigation. */
  readonly path?: string
  /** What is told above the content. */
  readonly notices?: HtmlValue
}

/**
 * Answers with a page for whoever is logged in: with the navigation, what their last act came to, and what is paused.
 * A page that the browser has already, and that has not changed but for how long ago things were, is a bare 304.
 */
export async function sendPage(
  ctx: Context,
  req: Request,
  res: Response,
  { title, main, head }: PageContent,
): Promise<void> {
  const banner = pausesBanner(ctx, await openPauses(ctx.database))
  const notice = takeNotice(req)
  const notices = html`${banner} ${notice && html`<p class="notice notice-done" role="status">${notice}</p>`}`
  const user = userOf(res)
  res.set('ETag', `"${[main, notices, html`${title} ${user.name} ${user.role}`].map(digestOf).join('.')}"`)
  const [before = '', after = ''] = page(ctx, {
    title,
    main: seam,
    user,
    path: req.path,
    notices,
    head: html`${liveHead(isLive(main))} ${head}`,
  }).split(seam.markup)
  res.type('html').send(Buffer.concat([Buffer.from(before), bytesOf(main), Buffer.from(after)]))
}

/** Where the content goes: content that many share is put into bytes once. */
const seam = html`<!-- content -->`

/** A whole page: head, the bar at the top, and the page's own content. What a logged-in person asked for: `sendPage`. */
export const page = (ctx: Context, { title, main, user, head, path, notices }: Page): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Syncfleet</title>
        <link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml" />
        <link rel="stylesheet" href="${asset('style.css')}" />
        ${head}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="bar">
          <a class="brand" href="/">Syncfleet</a>
          <span class="environment environment-${ctx.environment}">${ctx.environment}</span>
          ${user && navigation(user, path)}
        </header>
        ${user && html`<div id="notices">${notices}</div>`}
        <div id="content" tabindex="-1">${main}</div>
      </body>
    </html>`.markup

const places: readonly { readonly path: string; readonly title: string; readonly role?: 'admin' }[] = [
  { path: '/', title: 'Fleet' },
  { path: '/dead-letters', title: 'Dead letters' },
  { path: '/rejected', title: 'Rejected' },
  { path: '/audit', title: 'Audit' },
  { path: '/users', title: 'Users', role: 'admin' },
  { path: '/queues', title: 'Queues' },
]

const navigation = (user: User, here: string | undefined): Html =>
  html`<nav aria-label="Main">
      ${places
        .filter(({ role }) => role === undefined || isAtLeast(user.role, role))
        .map(
          ({ path, title }) =>
            html`<a href="${path}" ${path === here && html`aria-current="page"`}>${title}</a>`,
        )}
    </nav>
    <form class="find" role="search" action="/search">
      <input
        type="search"
        name="q"
        aria-label="Search"
        placeholder="Client, account, run, error, time"
        maxlength="200"
        required
      />
      <button class="quiet">Search</button>
    </form>
    <form class="who" method="post" action="/logout">
      <a href="/me">${user.name} <small>${user.role}</small></a>
      <button class="quiet">Log out</button>
    </form>`

/** A page that says one thing: a refusal, an error, nothing found. */
export const messagePage = (ctx: Context, title: string, message: string, user?: User): string =>
  page(ctx, {
    title,
    user,
    main: html`<main class="narrow">
      <h1>${title}</h1>
      <p>${message}</p>
      <p><a href="/">To the fleet page</a></p>
    </main>`,
  })
