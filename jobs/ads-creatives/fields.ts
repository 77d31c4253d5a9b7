import * as read from '../../src/lib/read-fields'

/*
 * Readers of what both platforms have, in the manner of `read-fields`: what they do not understand they hand on.
 */

/** The account that was asked for. A row of another one would be another dealership's: it has no id that fits. */
export function ownAccount(given: unknown, asked: string): unknown {
  const id = read.id(given) ?? asked
  return id === asked ? id : null
}

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

/** An instant that may lack the colon in its offset: `2026-03-04T22:33:56-0700`. */
export const looseInstant = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') || null : (value ?? null)

const isObject = (value: unknown): value is read.Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
