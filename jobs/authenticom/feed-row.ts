import { fieldsOf } from '../../src/lib/read-fields'

/** What the readers of a row need to know besides. */
export interface RowSource {
  /** The rooftop that was asked for. */
  readonly rooftopId: string
  readonly pseudonym: (value: string) => string
}

/** A row of a feed, whose values are found by header. DMSs differ in headers and in their capitals. */
export class FeedRow {
  readonly #values = new Map<string, unknown>()

  constructor(raw: unknown) {
    for (const [header, value] of Object.entries(fieldsOf(raw))) this.#values.set(nameOf(header), value)
  }

  /** The first value that is there under any of these headers. */
  value(headers: readonly string[]): unknown {
    return headers.map((header) => this.#values.get(nameOf(header))).find((value) => !isNothing(value))
  }

  /** True where the feed has such a column, whatever stands in it. */
  has(header: string): boolean {
    return this.#values.has(nameOf(header))
  }
}

const nameOf = (header: string): string => header.trim().toLowerCase()

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
