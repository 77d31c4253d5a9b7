import type { Contribution } from '../../src/job/statistics'

/** Calls by the day on which they began. A form or a chat is a lead; a text mostly belongs to a conversation under way. */
export const statistics: readonly Contribution[] = [
  {
    table: 'ctm_calls',
    day: 'call_day',
    adds: {
      calls: `case when activity_type = 'call' then 1 else 0 end`,
      leads: `case when activity_type in ('form', 'chat') then 1 else 0 end`,
    },
  },
]
