import { z } from 'zod'
import { Id } from './fields'

/** Rows of a list that a request is answered with at most. */
const mostRows = 500

/** How many rows a list has at most. */
export const Limit = z.coerce
  .number('expected a whole number')
  .int('expected a whole number')
  .min(1)
  .max(mostRows)
  .default(50)
  .meta({ description: `How many rows, 1 to ${mostRows}.` })

/** Query fields of a list; `after` is what `next` of the page before said. */
export const paging = {
  limit: Limit,
  after: Id.optional().meta({ description: '`next` of the page before.' }),
}

/** The same for lists whose rows are named by a text. */
export const pagingByName = {
  limit: Limit,
  after: z.string().max(200).optional().meta({ description: '`next` of the page before.' }),
}

/** A page of a list. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    items: z.array(row),
    next: z
      .string()
      .nullable()
      .meta({ description: 'What to give as `after` for the next page; null on the last one.' }),
  })

/**
 * A page of rows: hand it one row more than was asked for, where there is one, which tells that the page is not the last.
 * `keyOf` names the row that the next page begins after.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
): { readonly items: readonly Row[]; readonly next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last) : null }
}
