/** An instant as the vendor writes it, `2026-03-04T09:12:33.000+0000`; undefined where it is none. */
export function instantOf(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|([+-]\d\d):?(\d\d))$/.exec(value)
  if (!parts) return undefined
  const [, local, hours, minutes] = parts
  const instant = new Date(`${local}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

/** An id in its long form, whose letters' case may be lost without harm; undefined where it is none. */
export const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9]{18}$/.test(value) ? value : undefined
