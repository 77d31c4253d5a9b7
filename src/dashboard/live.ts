import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { asset } from './assets'
import { html, type Html } from './html'

/**
 * For the head of a page that brings its `data-live` elements up to date, each by its id. Without scripts a page that
 * is live itself reloads as a whole.
 */
export const liveHead = (isItself: boolean): Html =>
  html`<script src="${asset('live.js')}" defer></script>
    ${isItself && html`<noscript><meta http-equiv="refresh" content="30" /></noscript>`}`

/** True where markup has elements that bring themselves up to date. */
export const isLive = ({ markup }: Html): boolean => markup.includes(' data-live')

/** True where an open page asks what has changed, and no person opens it. */
export const isLiveRequest = (req: Request): boolean => req.headers['x-syncfleet-live'] !== undefined

/** How long ago something was is brought up to date by the page itself: it makes no page a changed one. */
const distances = /(<time data-(?:distance|as-of)[^>]*>)[^<]*/g

const digests = new WeakMap<Html, string>()

/** What tells this markup from any other, but for how long ago things were. Markup that many share is looked at once. */
export function digestOf(content: Html): string {
  const known = digests.get(content)
  if (known !== undefined) return known
  const digest = createHash('sha1').update(content.markup.replace(distances, '$1')).digest('base64url')
  digests.set(content, digest)
  return digest
}

const bytes = new WeakMap<Html, Buffer>()

/** Markup as it is sent. Markup that many share is encoded once. */
export function bytesOf(content: Html): Buffer {
  const known = bytes.get(content)
  if (known) return known
  const encoded = Buffer.from(content.markup)
  bytes.set(content, encoded)
  return encoded
}
