/** An identifier as SQL takes it, whatever it contains. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A table in a schema, quoted. */
export const qualified = (schema: string, table: string): string => `${quoted(schema)}.${quoted(table)}`

/** Identifiers as a list, each behind `prefix`. */
export const listed = (names: readonly string[], prefix = ''): string =>
  names.map((name) => prefix + quoted(name)).join(', ')
