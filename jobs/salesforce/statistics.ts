import type { Contribution } from '../../src/job/statistics'

/** Leads by the day on which they came in; opportunities that were won, by the day on which they were closed. */
export const statistics: readonly Contribution[] = [
  { table: 'salesforce_leads', day: 'created_day', adds: { leads: '1', conversions: '0' } },
  {
    table: 'salesforce_opportunities',
    day: 'close_date',
    where: 'is_won',
    adds: { leads: '0', conversions: '1' },
  },
]
