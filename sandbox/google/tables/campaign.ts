import { listedCampaigns, listedRow } from '../listed-campaigns'
import { campaignFields, customerFields, customerRow, figureFields, figureRow } from './fields'
import { named, type Row, type Table } from './table'

const settingFields = [
  'campaign.primary_status',
  'campaign.primary_status_reasons',
  'campaign.serving_status',
  'campaign.advertising_channel_sub_type',
  'campaign.bidding_strategy_type',
  'campaign.start_date_time',
  'campaign.end_date_time',
  'campaign.campaign_budget',
  ...named('campaign_budget', [
    'id',
    'name',
    'amount_micros',
    'total_amount_micros',
    'period',
    'delivery_method',
    'explicitly_shared',
    'reference_count',
  ]),
]

/** Every campaign with its budget; with figures or days, those that had traffic. */
export const campaignTable: Table = {
  resource: 'campaign',
  fields: [...customerFields, ...campaignFields, ...settingFields, ...figureFields],
  *rows(customer, { now, days }) {
    const ofCustomer = customerRow(customer)
    if (!days) {
      for (const campaign of listedCampaigns(customer, now)) {
        if (!customer.unlisted.has(campaign.id))
          yield { ...ofCustomer, ...listedRow(customer, campaign, now) }
      }
      return
    }
    // Made once for all days.
    const settings = new Map<string, Row>()
    for (const { day, campaign, figures } of customer.days('campaign', days, now)) {
      const known = settings.get(campaign.id) ?? listedRow(customer, campaign, now)
      settings.set(campaign.id, known)
      yield { ...ofCustomer, ...known, ...figureRow(day, figures) }
    }
  },
}
