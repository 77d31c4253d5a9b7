import { adGroupAdAssetViewTable } from './ad-group-ad-asset-view'
import { adGroupAdTable } from './ad-group-ad'
import { adGroupTable } from './ad-group'
import { assetTable } from './asset'
import { assetGroupAssetTable, assetGroupTable } from './asset-group'
import { campaignTable } from './campaign'
import { customerTable } from './customer'
import { customerClientTable } from './customer-client'
import type { Table } from './table'

/** What a query may be FROM. */
export const tables: readonly Table[] = [
  customerTable,
  customerClientTable,
  campaignTable,
  adGroupTable,
  adGroupAdTable,
  adGroupAdAssetViewTable,
  assetTable,
  assetGroupTable,
  assetGroupAssetTable,
]
