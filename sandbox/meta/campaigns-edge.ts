import { campaignRows } from './campaign-rows'
import type { EdgeRequest, EdgeRow, MetaEdge } from './edge'
import { graphError } from './graph-error'
import { oddRows } from './odd-rows'

const states = ['ACTIVE', 'PAUSED', 'DELETED', 'ARCHIVED', 'IN_PROCESS', 'WITH_ISSUES']
const removed = ['DELETED', 'ARCHIVED']

/** The campaigns of an account; deleted and archived ones only where they are asked for. */
export const campaignsEdge: MetaEdge = {
  product: 'ads_management',
  fields: new Set(
    (
      'id,account_id,name,objective,status,configured_status,effective_status,buying_type,bid_strategy,daily_budget,' +
      'lifetime_budget,budget_remaining,spend_cap,special_ad_categories,start_time,stop_time,created_time,updated_time'
    ).split(','),
  ),
  unasked: ['id'],
  parameters: new Set(['effective_status']),
  rows: (request) => {
    const asked = statesAsked(request.query.get('effective_status'))
    return asked
      ? rowsOf(request, asked)
      : graphError(100, 'effective_status must be an array of valid values')
  },
}

function* rowsOf({ account, now }: EdgeRequest, asked: readonly string[]): Generator<EdgeRow> {
  for (const row of campaignRows(account, now)) {
    const id = String(row['id'])
    if (asked.includes(String(row['effective_status'])) && !account.unlisted.has(id)) yield { key: id, row }
  }
  yield* oddRows(account, 'campaigns')
}

function statesAsked(text: string | null): readonly string[] | undefined {
  if (text === null) return states.filter((state) => !removed.includes(state))
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((state) => states.includes(String(state)))
      ? list.map(String)
      : undefined
  } catch {
    return undefined
  }
}
