import type { Kind } from './account-spec'

/** Records that no table can hold: of each kind one without its key, and one with a field that cannot be right. */
export const malformed: Readonly<Record<Kind, readonly Record<string, unknown>[]>> = {
  sales: [
    { deal: { cashPrice: '1.00', dealType: 'N' } },
    { deal: { dealNo: 'M1', cashPrice: 'twenty thousand', accountingDate: '03/04/2026' } },
  ],
  repair_orders: [{ statusCode: 'C' }, { roNumber: 'M2', mileage: 'many', totalPaymentMade: { amount: 1 } }],
  appointments: [{ apptDate: '2026-03-04' }, { apptId: 'M3', apptDate: 'tomorrow' }],
  customers: [
    { customerId: '', dateAdded: '2026-03-04' },
    { customerId: 'M4', optOutFlag: 'perhaps' },
  ],
}
