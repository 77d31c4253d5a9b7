import type { Request, Response } from 'express'
import type { Context } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { localPath } from '../requests'

/** Tells what is wrong with what was sent, and offers it to be mended: every field with what was typed. */
export async function formAgain(ctx: Context, req: Request, res: Response, message: string): Promise<void> {
  const main = html`<main class="narrow">
    <h1>Not done</h1>
    <p class="notice" role="alert">${message}</p>
    <form class="fields" method="post" action="${localPath(req.originalUrl)}">
      ${fieldsOf(req.body).map(field)}
      <button>Try again</button>
    </form>
    <p><a href="${cameFrom(req)}">Leave it as it is</a></p>
  </main>`
  await sendPage(ctx, req, res, { title: 'Not done', main })
}

/** The page with the form; where it was mended in vain before, the one that its address stands under. */
function cameFrom(req: Request): string {
  const { referer = '' } = req.headers
  const from = URL.canParse(referer) ? new URL(referer) : undefined
  const isPage = from !== undefined && from.host === req.host && from.pathname !== req.path
  return localPath(isPage ? `${from.pathname}${from.search}` : req.path.replace(/\/[^/]*$/, ''))
}

const fieldsOf = (body: unknown): [string, string][] =>
  Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  )

const field = ([name, value]: [string, string]): Html =>
  html`<label>
    ${name}
    ${
      // What is secret is typed anew, not shown.
      name.endsWith('password')
        ? html`<input name="${name}" type="password" autocomplete="off" required />`
        : html`<input name="${name}" value="${value}" autocomplete="off" />`
    }
  </label>`
