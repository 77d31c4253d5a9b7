import type { User } from '../ledger/users'
import { asset } from './assets'
import type { Context } from './context'
import { html, type Html, type HtmlValue } from './html'

interface Page {
  readonly title: string
  readonly main: Html
  /** Absent on pages that answer without login. */
  readonly user?: User | undefined
  /** Put into the head: a script of the page's own. */
  readonly head?: HtmlValue
}

/** A whole page: head, the bar at the top, and the page's own content. */
export const page = (ctx: Context, { title, main, user, head }: Page): string =>
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
        <header class="bar">
          <a class="brand" href="/">Syncfleet</a>
          <span class="environment environment-${ctx.environment}">${ctx.environment}</span>
          ${user && navigation(user)}
        </header>
        ${main}
      </body>
    </html>`.markup

const navigation = (user: User): Html =>
  html`<nav>
      <a href="/">Fleet</a>
      <a href="/queues">Queues</a>
    </nav>
    <form class="who" method="post" action="/logout">
      <span>${user.name} <small>${user.role}</small></span>
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
