import { DateTime } from 'luxon'
import { chanceOf, oneOf, type Chance } from '../random'
import type { World } from '../vendor'
import type { MetaAccountSpec } from './account-spec'

/** Any object or row as the vendor answers it. */
export type Raw = Readonly<Record<string, unknown>>

export type Kind = 'campaign' | 'adset' | 'ad' | 'creative'

export interface MetaCampaign {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly objective: string
  /** Instants in milliseconds, as all of them here. */
  readonly createdAt: number
}

export interface MetaAdSet {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly campaign: MetaCampaign
  readonly createdAt: number
}

export interface MetaAd {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly campaign: MetaCampaign
  readonly adset: MetaAdSet
  readonly creativeId: string
  readonly createdAt: number
  /** It delivers no more from then on, and lists leave it out; figures of the past stay. */
  readonly deletedAt: number | undefined
}

const objectives = ['OUTCOME_LEADS', 'OUTCOME_TRAFFIC', 'OUTCOME_AWARENESS', 'LEAD_GENERATION'] as const
const models = ['SUV', 'Truck', 'Sedan', 'Hybrid', 'Certified'] as const
const formats = ['video 15s', 'carousel', 'photo', 'lease offer'] as const

/** The objects of one ad account, each computed from its number alone. */
export class MetaObjects {
  readonly chance: Chance
  readonly #spec: MetaAccountSpec
  readonly #epoch: number

  constructor(spec: MetaAccountSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.chance = chanceOf(`${world.seed} meta ${spec.id}`)
    this.#spec = spec
    this.#epoch = world.epoch.getTime()
  }

  /** Where history ends and life begins. */
  get epoch(): number {
    return this.#epoch
  }

  /** When the account's first ad began. */
  get start(): number {
    return this.#epoch - this.#spec.history
  }

  /** Beyond what a float holds exactly, as the vendor's ids are; no two objects share one. */
  idOf(kind: Kind, index: number): string {
    const kinds = { campaign: 1n, adset: 2n, ad: 3n, creative: 4n }
    const account = BigInt(this.#spec.id % 1_000_000)
    return String(
      120_200_000_000_000_000n + account * 100_000_000n + kinds[kind] * 10_000_000n + BigInt(index),
    )
  }

  campaign(index: number): MetaCampaign {
    const objective = oneOf(objectives, this.chance(index, 'objective'))
    return {
      index,
      id: this.idOf('campaign', index),
      name: `${oneOf(models, this.chance(index, 'model'))} campaign ${index + 1}`,
      objective,
      createdAt: this.start,
    }
  }

  /** Two for each campaign. */
  adSet(index: number): MetaAdSet {
    const campaign = this.campaign(index % Math.max(1, this.#spec.campaigns))
    return {
      index,
      id: this.idOf('adset', index),
      name: `Ad set ${index + 1}`,
      campaign,
      createdAt: this.start,
    }
  }

  ad(index: number): MetaAd {
    const adset = this.adSet(index % Math.max(1, this.#spec.campaigns * 2))
    const createdAt = this.#createdAt(index)
    return {
      index,
      id: this.idOf('ad', index),
      name: `${oneOf(models, this.chance(index, 'ad model'))} ${oneOf(formats, this.chance(index, 'format'))} ${index + 1}`,
      campaign: adset.campaign,
      adset,
      creativeId: this.idOf('creative', index),
      createdAt,
      deletedAt: this.#deletedAt(index, createdAt),
    }
  }

  /** Ads that exist at `now`, deleted ones among them. */
  adCount(now: number): number {
    const { ads, newAdEvery } = this.#spec
    return newAdEvery > 0 && now >= this.#epoch ? ads + Math.floor((now - this.#epoch) / newAdEvery) : ads
  }

  #createdAt(index: number): number {
    const { ads, newAdEvery, history } = this.#spec
    if (index >= ads) return this.#epoch + (index - ads + 1) * newAdEvery
    const share = ads > 1 ? index / (ads - 1) : 0
    return Math.floor(this.start + share * history * 0.6)
  }

  /** Every fifth is deleted two weeks after it began: the account has figures of ads that no list names. */
  #deletedAt(index: number, createdAt: number): number | undefined {
    if (index % 5 !== 1) return undefined
    return createdAt + 14 * 86_400_000 + Math.floor(this.chance(index, 'deleted') * 86_400_000)
  }
}

/** An instant as the vendor writes it: the account's own time, the offset without a colon. */
export const vendorTime = (at: number, timezone: string): string =>
  DateTime.fromMillis(at, { zone: timezone }).toFormat("yyyy-MM-dd'T'HH:mm:ssZZZ")
