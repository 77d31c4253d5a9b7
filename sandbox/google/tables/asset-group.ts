import { assetGroupsOf, everUsed, userOfGroup, type SimulatedAssetGroup } from '../contents'
import type { GoogleCustomer } from '../customer'
import { strengthOf } from './ad-content'
import { campaignFields, campaignRow, customerFields, customerRow } from './fields'
import { named, type Row, type Table } from './table'

const assetGroupFields = named('asset_group', [
  'id',
  'campaign',
  'name',
  'status',
  'primary_status',
  'ad_strength',
  'final_urls',
  'final_mobile_urls',
  'path1',
  'path2',
])

/** Edited by its id, as other resources are. */
export const assetGroupRow = (customer: GoogleCustomer, group: SimulatedAssetGroup, now: number): Row => ({
  'asset_group.resource_name': `customers/${customer.spec.id}/assetGroups/${group.id}`,
  'asset_group.id': group.id,
  'asset_group.campaign': `customers/${customer.spec.id}/campaigns/${group.campaign.id}`,
  'asset_group.name': group.name,
  'asset_group.status': 'ENABLED',
  'asset_group.primary_status': 'ELIGIBLE',
  'asset_group.ad_strength': strengthOf(customer, group.number, now),
  'asset_group.final_urls': ['https://dealer.example/all', 'https://dealer.example/used'],
  'asset_group.path1': 'all',
  ...customer.fieldsOf('asset_group', group.id),
})

/** What Performance Max has in place of ad groups and ads. */
export const assetGroupTable: Table = {
  resource: 'asset_group',
  fields: [...customerFields, ...campaignFields, ...assetGroupFields],
  *rows(customer, { now }) {
    for (const group of assetGroupsOf(customer)) {
      yield {
        ...customerRow(customer),
        ...campaignRow(customer, group.campaign),
        ...assetGroupRow(customer, group, now),
      }
    }
  },
}

/** What asset groups use, and have used. */
export const assetGroupAssetTable: Table = {
  resource: 'asset_group_asset',
  fields: [
    ...customerFields,
    ...campaignFields,
    ...assetGroupFields,
    ...named('asset_group_asset', [
      'asset_group',
      'asset',
      'field_type',
      'status',
      'primary_status',
      'source',
    ]),
  ],
  *rows(customer, { now }) {
    const { id } = customer.spec
    for (const group of assetGroupsOf(customer)) {
      for (const { use, isUsed } of everUsed(customer, userOfGroup(group), now)) {
        const name = `${group.id}~${use.asset.id}~${use.fieldType}`
        yield {
          ...customerRow(customer),
          ...campaignRow(customer, group.campaign),
          ...assetGroupRow(customer, group, now),
          'asset_group_asset.resource_name': `customers/${id}/assetGroupAssets/${name}`,
          'asset_group_asset.asset_group': `customers/${id}/assetGroups/${group.id}`,
          'asset_group_asset.asset': `customers/${id}/assets/${use.asset.id}`,
          'asset_group_asset.field_type': use.fieldType,
          'asset_group_asset.status': isUsed ? 'ENABLED' : 'REMOVED',
          'asset_group_asset.primary_status': isUsed ? 'ELIGIBLE' : 'REMOVED',
          'asset_group_asset.source': 'ADVERTISER',
        }
      }
    }
  },
}
