import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { adDayColumns } from './columns'
import { adGroupOf } from './to-ad-group-day'
import { dayOf } from './to-campaign-day'

export type AdDay = RecordOf<typeof adDayColumns>

/** An ad's day within its ad group as it is stored, from a row as it came. Never throws. */
export function toAdDay(row: unknown): AdDay {
  const adGroupAd = read.fieldsOf(read.fieldsOf(row)['adGroupAd'])
  const ad = read.fieldsOf(adGroupAd['ad'])
  const mapped = {
    ...dayOf(row),
    ...adGroupOf(row),
    ad_id: read.text(ad['id']),
    ad_name: read.text(ad['name']),
    ad_type: read.text(ad['type']),
    ad_status: read.text(adGroupAd['status']),
  }
  return mapped as AdDay
}
