import { z } from 'zod'
import type { SyncContext } from '../../src/job/sync'
import { MetaClient } from '../../src/vendors/meta/client'
import type { Platform } from '../../src/vendors/ad-platform'
import { AdSetBudgets } from './ad-set-budgets'
import type { campaign } from './definition'
import type { CampaignRecord } from './record'
import { hasOwnBudget, statusOf, toMetaCampaign } from './to-meta-campaign'

const pages = { limit: 200, smallest: 25 }

const fields =
  'id,account_id,name,objective,status,effective_status,bid_strategy,daily_budget,lifetime_budget,' +
  'start_time,stop_time,updated_time'

/** Named, because otherwise the vendor leaves out what was archived or deleted. */
const states = JSON.stringify(['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED', 'IN_PROCESS', 'WITH_ISSUES'])

/**
 * Every campaign that an ad account has or had, page by page. Budgets may sit on the ad sets instead: those are read once it
 * turns out that a campaign has none of its own.
 */
export async function* listMeta(
  { http, now, signal, note }: SyncContext<typeof campaign>,
  { id, secrets }: Platform & { readonly name: 'meta' },
): AsyncGenerator<readonly CampaignRecord[]> {
  const client = new MetaClient(http, { secrets, accountId: id, product: 'management', note })
  const { currency, timezone_name: timezone } = await client.account(signal)
  let adSets: AdSetBudgets | undefined
  const path = `${client.accountPath}/campaigns`
  for await (const { items } of client.list(path, asked, z.unknown(), signal, pages)) {
    if (items.some((row) => statusOf(row, now) !== 'removed' && !hasOwnBudget(row)))
      adSets ??= await AdSetBudgets.read(client, now, signal)
    yield items.map((row) => toMetaCampaign(row, { id, currency, timezone, now, adSets }))
  }
}

const asked = { fields, effective_status: states }
