import type { Column } from '../job/columns'

/*
 * A row as COPY takes it, in Postgres' text format: one field per column, with tabs between. The same fields are what its
 * hash is made of, so that a row is turned into text once, whatever becomes of it.
 */

/** A value in canonical form, or null, as one field. */
export function fieldOf(sqlType: Column['sqlType'], value: unknown): string {
  if (value === null) return String.raw`\N`
  if (sqlType === 'text') return escaped(value as string)
  if (sqlType === 'jsonb') return escaped(JSON.stringify(value))
  if (sqlType === 'text[]') return escaped(arrayLiteral(value as readonly string[]))
  // No other type has anything that COPY would take for a sign.
  const plain = value as string | number | boolean
  return String(plain)
}

/** A list of texts as Postgres writes it. */
export const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`

/** Most texts have nothing to escape, and a test costs a fraction of a replacement. */
const escaped = (text: string): string => (signs.test(text) ? text.replace(everySign, escapeOf) : text)

const signs = /[\\\n\r\t]/
const everySign = /[\\\n\r\t]/g
const escapes: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
}
const escapeOf = (sign: string): string => escapes[sign] ?? '\\\\'
