import type { MetaAccount } from './account'
import type { MetaAd } from './objects'

/** How a creative was made, which decides where its texts stand. */
const kinds = [
  'asset_feed_spec',
  'link_data',
  'video_data',
  'plain',
  'template_data',
  'post',
  'photo_data',
  'text_data',
] as const
export type CreativeKind = (typeof kinds)[number]

/** A creative's content cannot be edited: an ad that is to say something else gets another creative. */
export interface MetaCreative {
  readonly id: string
  readonly ad: MetaAd
  /** Counts the creatives of its ad, from 0. */
  readonly version: number
  readonly kind: CreativeKind
  /** Old ones are deleted, and some are never listed although their ads are. */
  readonly isListed: boolean
}

/** Few enough for their ids. */
const versionsAtMost = 99
/** The creatives of every seventh ad are not listed. */
const isUnlisted = (ad: MetaAd): boolean => ad.index % 7 === 3

/** The creative that an ad shows at `now`. */
export const creativeOf = (account: MetaAccount, ad: MetaAd, now: number): MetaCreative =>
  creative(account, ad, presentVersion(account, ad, now), true)

/** Every creative that has ever been listed, in the order of their ids. */
export function* creativesOf(account: MetaAccount, now: number): Generator<MetaCreative> {
  for (const ad of account.ads(now)) {
    if (isUnlisted(ad)) continue
    const present = presentVersion(account, ad, now)
    for (let version = 0; version <= present; version += 1)
      yield creative(account, ad, version, version >= present - 1)
  }
}

function creative(account: MetaAccount, ad: MetaAd, version: number, isRecent: boolean): MetaCreative {
  const id = account.objects.idOf('creative', (ad.index % 90_000) * 100 + version)
  return {
    id,
    ad,
    version,
    kind: kinds[(ad.index + version) % kinds.length] ?? 'plain',
    isListed: isRecent && !isUnlisted(ad) && account.editsOf(id)['status'] !== 'DELETED',
  }
}

function presentVersion({ spec }: MetaAccount, { createdAt, deletedAt = Infinity }: MetaAd, now: number) {
  const age = Math.max(0, Math.min(now, deletedAt) - createdAt)
  return Math.min(versionsAtMost, Math.floor(age / spec.creativesLast))
}
