import type { z } from 'zod'

/**
 * A request as messages may name it: `GET ctm /accounts/7/calls.json (request 5f…)`.
 * Without query, headers and body: those hold secrets and personal data.
 */
export const nameOf = (request: { method: string; host: string; path: string; id: string }): string =>
  `${request.method} ${request.host} ${request.path.replace(/[?#].*$/s, '')} (request ${request.id})`

/** Where and how an answer differs from its schema, without any of its values: `calls.3.id: invalid_type`. At most three. */
export function placesOf(error: z.ZodError): string {
  const places = error.issues.map(
    ({ path, code }) => `${path.map(String).join('.') || 'the whole answer'}: ${code}`,
  )
  const more = places.length > 3 ? ` and ${places.length - 3} more` : ''
  return places.slice(0, 3).join(', ') + more
}
