import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestHandler } from 'express'
import { RefusedError } from './errors'

const mediaTypes = {
  'style.css': 'text/css; charset=utf-8',
  'api.css': 'text/css; charset=utf-8',
  'filter.js': 'text/javascript; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const
type Name = keyof typeof mediaTypes

/** Read once, when the process starts: a build that lacks one does not start. */
const files = new Map(
  Object.entries(mediaTypes).map(([name, mediaType]) => {
    const content = readFileSync(join(__dirname, 'assets', name))
    const version = createHash('sha256').update(content).digest('hex').slice(0, 10)
    return [name, { content, mediaType, version }]
  }),
)

/** Where a page finds a file of ours. The address changes with its content. */
export const asset = (name: Name): string => `/assets/${name}?v=${files.get(name)?.version}`

/** Answers with one of our files. They hold no data, so the login page may have them too. */
export const serveAsset: RequestHandler = (req, res) => {
  const file = files.get(String(req.params['name']))
  if (!file) throw new RefusedError(404, 'there is no such file')
  res.set({ 'Content-Type': file.mediaType, 'Cache-Control': 'public, max-age=31536000, immutable' })
  res.send(file.content)
}
