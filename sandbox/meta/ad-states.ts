import type { MetaAccount } from './account'
import type { MetaAd } from './objects'

/** How an ad stands, in the vendor's words. */
export interface AdState {
  readonly status: string
  readonly effective: string
  /** Instant, in whole seconds, since when. */
  readonly since: number
}

export const effectiveStatuses = [
  'ACTIVE',
  'PAUSED',
  'DELETED',
  'ARCHIVED',
  'ADSET_PAUSED',
  'CAMPAIGN_PAUSED',
  'DISAPPROVED',
  'IN_PROCESS',
  'PENDING_BILLING_INFO',
  'PENDING_REVIEW',
  'PREAPPROVED',
  'WITH_ISSUES',
] as const
const usual = [
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'PAUSED',
  'CAMPAIGN_PAUSED',
  'ADSET_PAUSED',
  'PENDING_REVIEW',
  'PREAPPROVED',
  'DISAPPROVED',
  'WITH_ISSUES',
] as const

/** Lists leave these out unless they are asked for. */
export const isRemoved = ({ effective }: AdState): boolean =>
  effective === 'DELETED' || effective === 'ARCHIVED'

/** The state of an ad at `now`: it changes every `statesLast`, each ad at its own time, and by hand (`effective_status`). */
export function stateOf(account: MetaAccount, ad: MetaAd, now: number): AdState {
  const { chance } = account.objects
  const { statesLast } = account.spec
  if (ad.deletedAt !== undefined && ad.deletedAt <= now)
    return { status: 'DELETED', effective: 'DELETED', since: wholeSeconds(ad.deletedAt) }
  const phase = Math.floor(chance(ad.index, 'state phase') * statesLast)
  const nth = Math.floor((now + phase) / statesLast)
  const roll = chance(ad.index * 1_000_000 + (nth % 1_000_000), 'state')
  const edited = account.editsOf(ad.id)['effective_status']
  const effective = typeof edited === 'string' ? edited : (usual[Math.floor(roll * usual.length)] ?? 'ACTIVE')
  const isSet = effective === 'PAUSED' || effective === 'DELETED' || effective === 'ARCHIVED'
  return {
    status: isSet ? effective : 'ACTIVE',
    effective,
    since: wholeSeconds(Math.max(ad.createdAt, nth * statesLast - phase)),
  }
}

const wholeSeconds = (at: number): number => Math.floor(at / 1000) * 1000
