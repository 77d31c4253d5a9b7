import * as read from '../../src/lib/read-fields'

/** Text, of which the vendor may have encoded some characters as in a URL: decoded once. */
export function decoded(value: unknown): unknown {
  const given = read.text(value)
  return typeof given === 'string' ? given.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodedRun) : given
}

/** Of what is no text in UTF-8, such as `50%ab`, the sign itself is meant. */
function decodedRun(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}

/** A list of such texts; nothing is an empty one. */
export function decodedList(value: unknown): unknown {
  const list = read.texts(value)
  return Array.isArray(list) ? list.map(decoded) : list
}

/** A whole number, also where it came as text. */
export function whole(value: unknown): unknown {
  if (read.text(value) === null) return null
  return read.numberOf(value) ?? value
}

/** The day of a date or a stamp. */
export function day(value: unknown): unknown {
  const text = read.text(value)
  return typeof text === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(text) ? text.slice(0, 10) : text
}
