import type { Contribution } from '../../src/job/statistics'

/** Ad days add up to the account's, but for persons reached. What counts as a conversion differs from account to account. */
export const statistics: readonly Contribution[] = [
  {
    table: 'meta_ads_ad_days',
    day: 'date_start',
    currency: 'account_currency',
    adds: { spend: 'spend', impressions: 'impressions', clicks: 'clicks', leads: 'leads' },
  },
]
