import type { Request } from 'express'

/** True for a browser that opens a page, false for a script, a stylesheet or a program asking for data. */
export const wantsPage = (req: Request): boolean =>
  req.method === 'GET' &&
  !req.path.startsWith('/queues/api/') &&
  (req.headers.accept ?? '').includes('text/html')

/** The path within this dashboard that a login should lead to; `/` for anything that could lead elsewhere. */
export function localPath(path: unknown): string {
  if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || path.startsWith('/login')) return '/'
  // Browsers drop these before they look for `//`.
  return /[\t\n\r]/.test(path) ? '/' : path
}
