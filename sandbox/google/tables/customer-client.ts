import { named, type Table } from './table'

/** The customers below a manager, and itself. */
export const customerClientTable: Table = {
  resource: 'customer_client',
  fields: named('customer_client', [
    'client_customer',
    'id',
    'descriptive_name',
    'manager',
    'level',
    'status',
    'time_zone',
    'currency_code',
  ]),
  *rows({ spec: { id: manager } }, { customers }) {
    for (const { spec } of customers) {
      if (spec.id !== manager && spec.manager !== manager) continue
      yield {
        'customer_client.resource_name': `customers/${manager}/customerClients/${spec.id}`,
        'customer_client.client_customer': `customers/${spec.id}`,
        'customer_client.id': spec.id,
        'customer_client.descriptive_name': spec.name,
        'customer_client.manager': spec.isManager,
        'customer_client.level': spec.id === manager ? '0' : '1',
        'customer_client.status': spec.status,
        'customer_client.time_zone': spec.timezone,
        'customer_client.currency_code': spec.currency,
      }
    }
  },
}
