import { z } from 'zod'
import * as read from '../../src/lib/read-fields'
import type { MetaClient } from '../../src/vendors/meta/client'
import { timeOf } from './meta-time'

/** Budgets of one campaign's active ad sets added up, in the smallest unit of the currency. */
export interface AdSetSum {
  readonly daily: bigint
  readonly lifetime: bigint
  /** A budget that is no number: then no sum is right. */
  readonly odd?: unknown
}

const fields = 'id,campaign_id,status,daily_budget,lifetime_budget,end_time'
const pages = { limit: 200, smallest: 25 }

/** What the ad sets of an account may spend, by campaign. It holds a sum per campaign, however many ad sets there are. */
export class AdSetBudgets {
  readonly #sums = new Map<string, AdSetSum>()

  /** Reads all ad sets of the account. An ad set that is switched off or over has no part in the sums. */
  static async read(client: MetaClient, now: Date, signal: AbortSignal): Promise<AdSetBudgets> {
    const budgets = new AdSetBudgets()
    const seen = new Set<unknown>()
    const path = `${client.accountPath}/adsets`
    for await (const { items } of client.list(path, { fields }, z.unknown(), signal, pages)) {
      for (const row of items.map(read.fieldsOf)) {
        const { id, status, end_time: end, campaign_id: campaign } = row
        // An ad set that is listed twice spends its budget once.
        if (seen.has(id) || typeof campaign !== 'string') continue
        seen.add(id)
        const endsAt = timeOf(end)
        const isOver = endsAt instanceof Date && endsAt <= now
        if (status === 'ACTIVE' && !isOver) budgets.#add(campaign, row)
      }
    }
    return budgets
  }

  of(campaignId: unknown): AdSetSum | undefined {
    return this.#sums.get(String(campaignId))
  }

  #add(campaign: string, row: read.Fields): void {
    const sum = this.#sums.get(campaign) ?? { daily: 0n, lifetime: 0n }
    const daily = wholeOf(row['daily_budget'])
    const lifetime = wholeOf(row['lifetime_budget'])
    if (daily === undefined || lifetime === undefined) {
      const odd = daily === undefined ? row['daily_budget'] : row['lifetime_budget']
      this.#sums.set(campaign, { ...sum, odd })
    } else {
      this.#sums.set(campaign, { ...sum, daily: sum.daily + daily, lifetime: sum.lifetime + lifetime })
    }
  }
}

/** Undefined for what is no whole number; nothing is zero. */
function wholeOf(value: unknown): bigint | undefined {
  const digits = read.id(value) ?? '0'
  return typeof digits === 'string' && /^\d{1,30}$/.test(digits) ? BigInt(digits) : undefined
}
