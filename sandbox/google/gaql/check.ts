import { tables } from '../tables'
import type { Table } from '../tables/table'
import { wrong, type Query } from './parse'

/** The table of a query, once its fields are known to go together. Throws a refusal as Google words it. */
export function tableOf(query: Query): Table {
  const table = tables.find(({ resource }) => resource === query.from)
  if (!table) throw wrong('BAD_RESOURCE_TYPE_IN_FROM_CLAUSE', `no such resource: ${query.from}`)
  for (const field of query.fields) known(table, field, 'SELECT')
  for (const { field } of query.where) {
    known(table, field, 'WHERE')
    // Days may be filtered by without being selected.
    if (field !== 'segments.date') selected(query, field)
  }
  for (const { field } of query.orderBy) {
    known(table, field, 'ORDER_BY')
    selected(query, field)
  }
  return table
}

function known(table: Table, field: string, clause: string): void {
  if (table.fields.includes(field)) return
  if (tables.some(({ fields }) => fields.includes(field)))
    throw wrong(`PROHIBITED_FIELD_IN_${clause}_CLAUSE`, `${field} does not go with ${table.resource}`)
  throw wrong('UNRECOGNIZED_FIELD', `unrecognized field in the query: '${field}'`)
}

function selected(query: Query, field: string): void {
  if (query.fields.includes(field)) return
  throw wrong('EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE', `${field} must be selected`)
}
