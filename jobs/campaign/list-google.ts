import { z } from 'zod'
import type { SyncContext } from '../../src/job/sync'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import type { Platform } from '../../src/vendors/ad-platform'
import type { campaign } from './definition'
import { campaignsQuery } from './google-queries'
import type { CampaignRecord } from './record'
import { toGoogleCampaign } from './to-google-campaign'

/** Every campaign that a customer has or had, as Google hands them over: one operation of its quota. */
export async function* listGoogle(
  { account, http, now, signal }: SyncContext<typeof campaign>,
  { id, secrets }: Platform & { readonly name: 'google' },
): AsyncGenerator<readonly CampaignRecord[]> {
  const client = new GoogleAdsClient(http, secrets, now)
  for await (const rows of client.stream(id, campaignsQuery, z.unknown(), signal))
    yield rows.map((row) => toGoogleCampaign(row, { id, timezone: account.timezone }))
}
