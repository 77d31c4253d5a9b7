import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { adGroupDayColumns } from './columns'
import { dayOf } from './to-campaign-day'

export type AdGroupDay = RecordOf<typeof adGroupDayColumns>

/** An ad group's day as it is stored, from a row as it came. Never throws. */
export const toAdGroupDay = (row: unknown): AdGroupDay => ({ ...dayOf(row), ...adGroupOf(row) }) as AdGroupDay

export function adGroupOf(row: unknown): Record<string, unknown> {
  const adGroup = read.fieldsOf(read.fieldsOf(row)['adGroup'])
  return {
    ad_group_id: read.text(adGroup['id']),
    ad_group_name: read.text(adGroup['name']),
    ad_group_status: read.text(adGroup['status']),
    ad_group_type: read.text(adGroup['type']),
  }
}
