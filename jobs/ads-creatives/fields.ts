import * as read from '../../src/lib/read-fields'

/*
 * Readers of what both platforms have, in the manner of `read-fields`: what they do not understand they hand on.
 */

/** The texts in the objects of a list, by the name of the field that holds them; with `read.id`, the ids. */
export function textsIn(list: unknown, field: string, as: typeof read.text = read.text): unknown {
  if (!Array.isArray(list)) return read.texts(list)
  return list
    .map((item: unknown) => as(isObject(item) ? item[field] : item))
    .filter((value) => value !== null)
}

/** All of several texts and lists, each once. What is no list is handed on instead. */
export function joined(...lists: readonly unknown[]): unknown {
  const odd = lists.find((list) => !Array.isArray(list))
  return odd === undefined ? [...new Set(lists.flat())] : odd
}

/** The first text of a list. */
export const firstOf = (list: unknown): unknown => (Array.isArray(list) ? (list[0] ?? null) : null)

/** The id at the end of a resource name, or one of several there: `customers/1/adGroupAds/88~99`. */
export function idIn(resourceName: unknown, index = 0): unknown {
  if (typeof resourceName !== 'string') return resourceName ?? null
  return resourceName.split('/').at(-1)?.split('~')[index] || null
}

const isObject = (value: unknown): value is read.Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
