import type { FeedRow } from './feed-row'
import { amount, words } from './values'

/** Headers whose `|` stand between the operations of a repair order. */
const ofOperation = {
  code: ['Operation Codes', words],
  description: ['Operation Code Descriptions', words],
  line: ['Operation Line Number', words],
  sale_type: ['Operation Sale Types', words],
  cost: ['Operation Line Cost', amount],
  sale: ['Operation Line Sale', amount],
  upsell: ['Upsell', words],
} as const

/** Headers whose `^` stand, within an operation, between pieces of its labor. */
const ofLabor = {
  cost: ['Labor Cost', amount],
  sale: ['Labor Sale', amount],
  tech_hours: ['Labor Tech Hours', amount],
  bill_hours: ['Labor Bill Hours', amount],
  technician: ['Tech Number', words],
} as const

type Headers = Readonly<Record<string, readonly [header: string, read: (value: unknown) => unknown]>>

/** More is no repair order, but a row that would fill the memory. */
const mostPositions = 5000

/**
 * The operations of a repair order, each with its pieces of labor. Empty positions are kept, for what belongs together
 * stands at the same place in every list. A figure that is none stays as it came.
 */
export function operationsOf(row: FeedRow): unknown {
  const values = listsOf(row, ofOperation)
  const labor = listsOf(row, ofLabor)
  const positions = longest([...values.values(), ...labor.values()])
  if (positions > mostPositions) return undefined
  return Array.from({ length: positions }, (_, index) => ({
    ...at(ofOperation, values, index),
    labor: laborOf(labor, index),
  }))
}

function laborOf(lists: ReadonlyMap<string, readonly string[]>, index: number): unknown[] {
  const pieces = new Map(
    [...lists].map(([name, list]) => [name, list[index] ? (list[index] ?? '').split('^') : []] as const),
  )
  const count = Math.min(longest([...pieces.values()]), mostPositions)
  return Array.from({ length: count }, (_, piece) => at(ofLabor, pieces, piece))
}

/** By name, the value at each position of the header's list. */
function listsOf(row: FeedRow, headers: Headers): Map<string, readonly string[]> {
  return new Map(
    Object.entries(headers).map(([name, [header]]) => {
      const value = row.value([header])
      return [name, typeof value === 'string' ? value.split('|') : []]
    }),
  )
}

const at = (
  headers: Headers,
  lists: ReadonlyMap<string, readonly string[]>,
  index: number,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, [, read]]) => [name, read(lists.get(name)?.[index]) ?? null]),
  )

const longest = (lists: readonly (readonly unknown[])[]): number =>
  lists.reduce((most, { length }) => Math.max(most, length), 0)
