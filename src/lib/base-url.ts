/**
 * The base URL meant by a text, without a trailing slash; undefined where it cannot serve as one.
 * Sign-in names, queries and fragments have no place in a base URL.
 */
export function baseUrlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (!['http:', 'https:'].includes(url.protocol)) return undefined
  if (url.username || url.password || url.search || url.hash) return undefined
  return url
}

/** True for plain http to a host and port that one of the known URLs reaches by plain http as well. */
export const isPlainHttpAmong = (url: URL, known: readonly string[]): boolean =>
  url.protocol === 'http:' && known.some((text) => baseUrlOf(text)?.origin === url.origin)

/** True for https, and for plain http that does not leave our own network: loopback, or a host name without a dot. */
export function isPrivateEnough(url: URL): boolean {
  return (
    url.protocol === 'https:' ||
    url.hostname === '[::1]' ||
    url.hostname.startsWith('127.') ||
    !/[.:]/.test(url.hostname)
  )
}
