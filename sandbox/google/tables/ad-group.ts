import {
  adGroupFields,
  adGroupRow,
  campaignFields,
  campaignRow,
  customerFields,
  customerRow,
  figureFields,
  figureRow,
} from './fields'
import type { SimulatedAdGroup, SimulatedCampaign } from '../catalogue'
import type { GoogleCustomer } from '../customer'
import type { Row, Table } from './table'

/** Performance Max has none. */
export const adGroupTable: Table = {
  resource: 'ad_group',
  fields: [...customerFields, ...campaignFields, ...adGroupFields, ...figureFields],
  *rows(customer, { now, days }) {
    if (!days) {
      for (const campaign of customer.campaigns) {
        for (const adGroup of campaign.adGroups) yield attributes(customer, campaign, adGroup)
      }
      return
    }
    for (const { day, campaign, adGroup, figures } of customer.days('ad_group', days, now)) {
      if (adGroup) yield { ...attributes(customer, campaign, adGroup), ...figureRow(day, figures) }
    }
  },
}

const attributes = (
  customer: GoogleCustomer,
  campaign: SimulatedCampaign,
  adGroup: SimulatedAdGroup,
): Row => ({
  ...customerRow(customer),
  ...campaignRow(customer, campaign),
  ...adGroupRow(customer, adGroup),
})
