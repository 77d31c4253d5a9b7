import { promisify } from 'node:util'
import type { Request, Response } from 'express'
import { isLiveRequest } from './live'
import { localPath } from './requests'

declare module 'express-session' {
  interface SessionData {
    /** What the person's last act came to; the next page says it, once. */
    notice: string
  }
}

/** Leads to a page of ours, which says once what the act came to. `to` may come from a form: it never leads elsewhere. */
export async function redirectWithNotice(
  req: Request,
  res: Response,
  to: string,
  text: string,
): Promise<void> {
  req.session.notice = text
  // Stored before the browser is told where to go: the next page may be answered by another replica.
  await promisify(req.session.save.bind(req.session))()
  res.redirect(303, localPath(to))
}

/** True for the page that a person is led to by an act of their own. */
export const hasNotice = (req: Request): boolean => req.session.notice !== undefined && !isLiveRequest(req)

/** What the last act of this session came to; undefined where it was said already. A page that brings itself up to date takes none. */
export function takeNotice(req: Request): string | undefined {
  const { notice } = req.session
  if (!hasNotice(req)) return undefined
  delete req.session.notice
  return notice
}
