import { throughOf } from '../job/through'
import { isAtLeast, type Role } from '../ledger/users'
import { html, type Html } from './html'

/**
 * What somebody of a role may see of a cursor or a position, which may hold the vendor's ids and tokens: operators all of it,
 * viewers how far it reaches in time (`through`) where it says so, and else only that there is one. Null where there is none.
 */
export function placeFor(role: Role, place: unknown): unknown {
  if (place === null || place === undefined) return null
  if (isAtLeast(role, 'operator')) return place
  const through = throughOf(place)
  return through === null ? {} : { through }
}

const longest = 500

/** The same on a page, with the page's own word for none. */
export function placeShown(role: Role, place: unknown, none: string): Html {
  if (place === null || place === undefined) return html`<small>${none}</small>`
  if (!isAtLeast(role, 'operator')) return html`${throughOf(place) ?? html`<small>there is one</small>`}`
  const text = JSON.stringify(place)
  return html`<code>${text.length > longest ? `${text.slice(0, longest)} …` : text}</code>`
}
