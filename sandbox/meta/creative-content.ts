import { oneOf } from '../random'
import type { MetaAccount } from './account'
import type { MetaCreative } from './creatives'

/** What a creative shows, wherever it stands. */
export interface Content {
  readonly headlines: readonly string[]
  readonly bodies: readonly string[]
  readonly descriptions: readonly string[]
  readonly links: readonly string[]
  readonly imageHashes: readonly string[]
  readonly videoIds: readonly string[]
  readonly callToAction: string | null
}

const offers = [
  'March lease deals',
  '0.9% APR',
  'In stock now',
  'Trade in, trade up',
  'Oil change $29',
] as const
const heads = ['Drive one home', 'New trucks', 'Certified pre-owned', 'Ask for a quote'] as const
const calls = ['LEARN_MORE', 'SHOP_NOW', 'GET_QUOTE', 'CONTACT_US'] as const

const nothing: Content = {
  headlines: [],
  bodies: [],
  descriptions: [],
  links: [],
  imageHashes: [],
  videoIds: [],
  callToAction: null,
}

/** The same for the same creative, whenever it is asked for. */
export function contentOf(account: MetaAccount, { id, ad, version, kind }: MetaCreative): Content {
  const { chance } = account.objects
  const roll = (purpose: string): number => chance(ad.index * 100 + version, purpose)
  const offer = (nth: number): string => `${oneOf(offers, roll(`offer ${nth}`))} (${version}.${nth})`
  const head = (nth: number): string => `${oneOf(heads, roll(`head ${nth}`))} ${nth}`
  const link = (nth: number): string => `https://dealer-${account.spec.id}.example/offers/${ad.index}/${nth}`
  const image = (nth: number): string => `${BigInt(id).toString(16)}${nth}`
  const callToAction = oneOf(calls, roll('call'))
  const video = String(9_000_000_000_000_000_000n + BigInt(id))
  switch (kind) {
    case 'asset_feed_spec':
      return {
        headlines: [head(1), head(2)],
        bodies: [offer(1), offer(2), offer(3)],
        descriptions: [`Only this month ${version}`],
        links: [link(1)],
        imageHashes: [image(1), image(2)],
        videoIds: [],
        callToAction,
      }
    case 'link_data':
    case 'template_data':
      return {
        headlines: [head(1), `Card ${version}.1`, `Card ${version}.2`],
        bodies: [offer(1)],
        descriptions: ['Visit us today', 'On the lot'],
        links: [link(0), link(1), link(2)],
        imageHashes: [image(0), image(1), image(2)],
        videoIds: [],
        callToAction,
      }
    case 'video_data':
      return {
        ...nothing,
        headlines: [head(1)],
        bodies: [offer(1)],
        descriptions: ['See it move'],
        links: [link(1)],
        imageHashes: [image(1)],
        videoIds: [video],
        callToAction,
      }
    case 'photo_data':
      return { ...nothing, bodies: [offer(1)], imageHashes: [image(1)] }
    case 'text_data':
      return { ...nothing, bodies: [offer(1)] }
    case 'post':
      return { ...nothing, bodies: [`A post about ${offer(1)}`] }
    case 'plain':
      return {
        ...nothing,
        headlines: [head(1)],
        bodies: [offer(1)],
        links: [link(1)],
        imageHashes: [image(1)],
        callToAction,
      }
  }
}
