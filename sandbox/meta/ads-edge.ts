import { effectiveStatuses, isRemoved, stateOf } from './ad-states'
import { creativeOf } from './creatives'
import type { EdgeRow, MetaEdge } from './edge'
import { graphError } from './graph-error'
import { vendorTime } from './objects'
import { oddRows } from './odd-rows'

/** The ads of an account; deleted and archived ones only where they are asked for. */
export const adsEdge: MetaEdge = {
  product: 'ads_management',
  fields: new Set(
    (
      'id,name,account_id,campaign_id,adset_id,status,configured_status,effective_status,created_time,updated_time,' +
      'preview_shareable_link,creative'
    ).split(','),
  ),
  unasked: ['id'],
  parameters: new Set(['effective_status']),
  rows: (request) => {
    const asked = statusesOf(request.query.get('effective_status'))
    return asked === 'invalid'
      ? graphError(100, 'effective_status must be an array of valid values')
      : rowsOf(request, asked)
  },
}

function* rowsOf(
  { account, now }: Parameters<MetaEdge['rows']>[0],
  asked: readonly string[] | undefined,
): Generator<EdgeRow> {
  const { id, timezone } = account.spec
  for (const ad of account.ads(now)) {
    const state = stateOf(account, ad, now)
    const isAsked = asked?.includes(state.effective) ?? !isRemoved(state)
    if (!isAsked) continue
    const row = {
      id: ad.id,
      name: ad.name,
      account_id: String(id),
      campaign_id: ad.campaign.id,
      adset_id: ad.adset.id,
      status: state.status,
      configured_status: state.status,
      effective_status: state.effective,
      created_time: vendorTime(ad.createdAt, timezone),
      updated_time: vendorTime(state.since, timezone),
      preview_shareable_link: `https://preview.example/${ad.id}?t=${Math.floor(now / 60_000)}`,
      creative: { id: creativeOf(account, ad, now).id },
    }
    yield { key: ad.id, row }
  }
  yield* oddRows(account, 'ads')
}

function statusesOf(text: string | null): readonly string[] | undefined | 'invalid' {
  if (text === null) return undefined
  const known: readonly string[] = effectiveStatuses
  try {
    const list: unknown = JSON.parse(text)
    const isList = Array.isArray(list) && list.length > 0 && list.every((one) => known.includes(String(one)))
    return isList ? list.map(String) : 'invalid'
  } catch {
    return 'invalid'
  }
}
