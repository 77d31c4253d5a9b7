/** A place in the order of `SystemModstamp, Id`: every row up to it has been read. */
export interface RowPlace {
  /** ISO 8601 in UTC. */
  readonly stamp: string
  readonly id: string
}

/** Which rows of an object. */
export interface RowsWanted {
  readonly object: string
  readonly fields: readonly string[]
  /** By `SystemModstamp`: the first instant, and the first one beyond. */
  readonly from: Date
  readonly to: Date
  /** Only rows behind this place. */
  readonly after?: RowPlace | undefined
  /** Only rows with this text in this field. */
  readonly filter?: FieldFilter | undefined
}

export interface FieldFilter {
  readonly field: string
  readonly value: string
}

/** Rows in the order in which they changed; rows that changed at once in the order of their ids. */
export function rowsQuery({ object, fields, from, to, after, filter }: RowsWanted): string {
  const conditions = [
    `SystemModstamp >= ${after ? instant(after.stamp) : instant(from)}`,
    `SystemModstamp < ${instant(to)}`,
    ...(after ? [behind(after)] : []),
    ...equalTo(filter),
  ]
  return `SELECT ${fields.join(', ')} FROM ${object} WHERE ${conditions.join(' AND ')} ORDER BY SystemModstamp ASC, Id ASC`
}

/** The one row that changed first, of those that changed then or later. */
export function firstQuery({
  object,
  from,
  filter,
}: Pick<RowsWanted, 'object' | 'filter'> & { from?: Date | undefined }): string {
  const conditions = [...(from ? [`SystemModstamp >= ${instant(from)}`] : []), ...equalTo(filter)]
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  return `SELECT SystemModstamp FROM ${object}${where} ORDER BY SystemModstamp ASC LIMIT 1`
}

/** Any one row: whether object and fields may be read at all. */
export function probeQuery({ object, fields, filter }: Omit<RowsWanted, 'from' | 'to' | 'after'>): string {
  const where = filter ? ` WHERE ${equalTo(filter).join(' AND ')}` : ''
  return `SELECT ${fields.join(', ')} FROM ${object}${where} LIMIT 1`
}

/** Whole pages may share an instant, so the instant alone would lose or repeat rows. */
const behind = ({ stamp, id }: RowPlace): string =>
  `(SystemModstamp > ${instant(stamp)} OR (SystemModstamp = ${instant(stamp)} AND Id > ${quoted(id)}))`

const equalTo = (filter: FieldFilter | undefined): string[] =>
  filter ? [`${filter.field} = ${quoted(filter.value)}`] : []

/** Literals of instants stand without quotes. */
const instant = (value: string | Date): string => new Date(value).toISOString()

/** A text literal: what could end or change it is escaped. */
export function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll("'", String.raw`\'`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`)
  return `'${escaped}'`
}
