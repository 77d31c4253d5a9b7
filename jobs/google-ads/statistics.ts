import type { Contribution } from '../../src/job/statistics'

/** Campaign days only: they are the money of record, and ads and ad groups repeat a part of it. */
export const statistics: readonly Contribution[] = [
  {
    table: 'google_ads_campaign_days',
    day: 'day',
    currency: 'currency',
    adds: { spend: 'cost', impressions: 'impressions', clicks: 'clicks', conversions: 'conversions' },
  },
]
