import type { Contribution } from '../../src/job/statistics'

/** Booked and finalized deals by the day of the contract, closed repair orders, appointments by the day they are for. */
export const statistics: readonly Contribution[] = [
  {
    table: 'authenticom_sales',
    day: 'contract_date',
    where: `deal_status in ('B', 'F')`,
    adds: { units_sold: '1', repair_orders: '0', appointments: '0' },
  },
  {
    table: 'authenticom_service_orders',
    day: 'close_date',
    adds: { units_sold: '0', repair_orders: '1', appointments: '0' },
  },
  {
    table: 'authenticom_appointments',
    day: 'appointment_date',
    adds: { units_sold: '0', repair_orders: '0', appointments: '1' },
  },
]
