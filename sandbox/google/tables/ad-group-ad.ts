import { adContentFields, adContentRow } from './ad-content'
import {
  adFields,
  adGroupFields,
  adGroupRow,
  adRow,
  campaignFields,
  campaignRow,
  customerFields,
  customerRow,
  figureFields,
  figureRow,
} from './fields'
import type { SimulatedAd, SimulatedAdGroup, SimulatedCampaign } from '../catalogue'
import type { GoogleCustomer } from '../customer'
import type { Row, Table } from './table'

/** An ad in its ad group. Performance Max has none. */
export const adGroupAdTable: Table = {
  resource: 'ad_group_ad',
  fields: [
    ...customerFields,
    ...campaignFields,
    ...adGroupFields,
    ...adFields,
    ...adContentFields,
    ...figureFields,
  ],
  *rows(customer, { now, days }) {
    if (!days) {
      for (const campaign of customer.campaigns) {
        for (const adGroup of campaign.adGroups) {
          for (const ad of adGroup.ads)
            yield { ...adContentRow(customer, ad, now), ...attributes(customer, campaign, adGroup, ad) }
        }
      }
      return
    }
    for (const { day, campaign, adGroup, ad, figures } of customer.days('ad_group_ad', days, now)) {
      if (adGroup && ad) yield { ...attributes(customer, campaign, adGroup, ad), ...figureRow(day, figures) }
    }
  },
}

const attributes = (
  customer: GoogleCustomer,
  campaign: SimulatedCampaign,
  adGroup: SimulatedAdGroup,
  ad: SimulatedAd,
): Row => ({
  ...customerRow(customer),
  ...campaignRow(customer, campaign),
  ...adGroupRow(customer, adGroup),
  ...adRow(customer, adGroup, ad),
})
