import type { Row } from './book'
import type { Condition, Operator, Query } from './soql'

type Value = string | number | boolean | null

/** The rows that a query asks for, in its order. Without one, in an order that nobody should rely on. */
export function pickRows(rows: Iterable<Row>, { where, order, limit }: Query): Row[] {
  const picked: Row[] = []
  for (const row of rows) if (!where || meets(row, where)) picked.push(row)
  picked.reverse()
  if (order.length > 0) {
    picked.sort((a, b) => {
      for (const { field, descending } of order) {
        const difference = compared(valueOf(a, field), valueOf(b, field))
        if (difference !== 0) return descending ? -difference : difference
      }
      return 0
    })
  }
  return limit === undefined ? picked : picked.slice(0, limit)
}

/** Between which stamps a condition lets rows through, in milliseconds; infinite where it names no bounds. */
export function boundsOf(condition: Condition | undefined): { readonly from: number; readonly to: number } {
  const bounds = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  const all = !condition ? [] : 'all' in condition ? condition.all : [condition]
  for (const part of all) {
    if (!('field' in part) || part.field !== 'SystemModstamp' || typeof part.value !== 'number') continue
    if (part.operator.startsWith('>')) bounds.from = Math.max(bounds.from, part.value)
    // A second more, so that the bound itself may be meant.
    if (part.operator.startsWith('<')) bounds.to = Math.min(bounds.to, part.value + 1000)
  }
  return bounds
}

function meets(row: Row, condition: Condition): boolean {
  if ('all' in condition) return condition.all.every((part) => meets(row, part))
  if ('any' in condition) return condition.any.some((part) => meets(row, part))
  const value = valueOf(row, condition.field)
  return isTrue(value, condition.operator, condition.value)
}

function isTrue(value: Value, operator: Operator, other: Value): boolean {
  if (operator === '=') return value === other
  if (operator === '!=') return value !== other
  if (value === null || other === null) return false
  const difference = compared(value, other)
  if (operator === '<') return difference < 0
  if (operator === '<=') return difference <= 0
  return operator === '>' ? difference > 0 : difference >= 0
}

/** Nothing comes before everything else; texts by their characters' codes. */
function compared(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  return a < b ? -1 : 1
}

/** What picks most rows is at hand, so that the rest need not be made. */
function valueOf(row: Row, field: string): Value {
  if (field === 'Id') return row.id
  if (field === 'SystemModstamp') return row.stamp
  if (field === 'IsDeleted') return row.isDeleted
  if (field === 'Dealer_Id__c') return row.dealerId
  const value = (row.fields()[field] ?? null) as Value
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*\+0000$/.test(value) ? Date.parse(value) : value
}
