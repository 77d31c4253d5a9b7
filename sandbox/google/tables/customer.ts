import { customerFields, customerRow } from './fields'
import type { Table } from './table'

export const customerTable: Table = {
  resource: 'customer',
  fields: customerFields,
  rows: (customer) => [customerRow(customer)],
}
