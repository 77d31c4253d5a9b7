import { createHash } from 'node:crypto'

/**
 * A mark of what an ad shows, equal where all of it is; null where it shows nothing that we know of, or nothing that can be
 * read.
 */
export function contentHash(...parts: readonly unknown[]): string | null {
  const isEmpty = parts.every((part) => part === null || (Array.isArray(part) && part.length === 0))
  if (isEmpty || !parts.every(isReadable)) return null
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

const isReadable = (part: unknown): boolean =>
  part === null || (Array.isArray(part) ? part : [part]).every((item) => typeof item === 'string')
