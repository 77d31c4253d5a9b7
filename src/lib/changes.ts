/** A value within two states of a thing, and what became of it. Undefined where that state does not have it. */
export interface Change {
  /** As in `ctm.schedule.cron`; empty for the whole. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** What differs between two states, value by value, in the order of their names. What only one of them has is a change, too. */
export function changesBetween(before: unknown, after: unknown, path = ''): Change[] {
  if (isObject(before) || isObject(after)) {
    const [was, is] = [isObject(before) ? before : {}, isObject(after) ? after : {}]
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()
    const below = names.flatMap((name) =>
      changesBetween(was[name], is[name], path === '' ? name : `${path}.${name}`),
    )
    // Something that was not an object before, or is none now, is lost from sight otherwise.
    const isReplaced = [before, after].some(
      (state) => state !== undefined && state !== null && !isObject(state),
    )
    return isReplaced ? [{ path, before, after }] : below
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
