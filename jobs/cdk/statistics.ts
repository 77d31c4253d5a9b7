import type { Contribution } from '../../src/job/statistics'

/** Booked and finalized deals by the day of the contract, closed repair orders that were not voided, and appointments. */
export const statistics: readonly Contribution[] = [
  {
    table: 'cdk_sales',
    day: 'contract_date',
    where: `status_code in ('B', 'F')`,
    adds: { units_sold: '1', repair_orders: '0', appointments: '0' },
  },
  {
    table: 'cdk_repair_orders',
    day: 'closed_date',
    where: 'voided_date is null',
    adds: { units_sold: '0', repair_orders: '1', appointments: '0' },
  },
  {
    table: 'cdk_appointments',
    day: 'appointment_date',
    adds: { units_sold: '0', repair_orders: '0', appointments: '1' },
  },
]
