/** A day or an instant, as cursors have them. */
const inTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/**
 * How far in time a stream is complete, as its cursor says: the day or instant that it is or has as `through`, or the earliest
 * of those of its parts. Null where it says none. Cursors call it `through` by convention.
 */
export function throughOf(cursor: unknown): string | null {
  if (typeof cursor === 'string') return inTime.test(cursor) ? cursor : null
  if (typeof cursor !== 'object' || cursor === null) return null
  if ('through' in cursor) return throughOf(cursor.through)
  const parts = Object.values(cursor).filter((part) => typeof part === 'object')
  return parts.flatMap((part) => throughOf(part) ?? []).toSorted()[0] ?? null
}
