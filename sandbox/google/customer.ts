import { addDays, dayOf } from '../../src/lib/local-days'
import { chanceOf, type Chance } from '../random'
import type { World } from '../vendor'
import { catalogueOf, type SimulatedAd, type SimulatedAdGroup, type SimulatedCampaign } from './catalogue'
import { daysIn, earliest, latest, moment, numberOf, type DayRange } from './days'
import { figuresOf, nothing, plus, type Figures } from './figures'
import type { GoogleCustomerSpec } from './specs'
import type { Row } from './tables/table'

/** One thing on one day. */
export interface ThingDay {
  readonly day: string
  readonly campaign: SimulatedCampaign
  readonly adGroup?: SimulatedAdGroup
  readonly ad?: SimulatedAd
  readonly figures: Figures
}

export type Level = 'campaign' | 'ad_group' | 'ad_group_ad'

/** One customer with its campaigns and their days. */
export class GoogleCustomer {
  readonly spec: GoogleCustomerSpec
  readonly chance: Chance
  readonly campaigns: readonly SimulatedCampaign[]
  /** Ids of campaigns that lists leave out without a word. */
  readonly unlisted = new Set<string>()
  /** Queries over more days than this end in an internal error. */
  maxDays: number
  /** In milliseconds. */
  readonly epoch: number
  readonly #firstDay: string
  /** By leaf and day: what a test put in place of the computed figures. */
  readonly #edited = new Map<string, Figures>()
  readonly #fields = new Map<string, Row>()
  readonly #oddities = new Map<string, Row[]>()

  constructor(spec: GoogleCustomerSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.spec = spec
    this.epoch = world.epoch.getTime()
    this.maxDays = spec.maxDays
    this.chance = chanceOf(`${world.seed} google ${spec.id}`)
    this.campaigns = catalogueOf(spec, this.chance)
    this.#firstDay = addDays(dayOf(world.epoch, spec.timezone), -spec.history)
  }

  today(now: number): string {
    return dayOf(new Date(now), this.spec.timezone)
  }

  /** What happened on each of these days, days without traffic left out, oldest first. Computed as it is read. */
  *days(level: Level, range: DayRange, now: number): Generator<ThingDay> {
    const { today, over } = moment(now, this.spec.timezone)
    const within = { from: latest(range.from, this.#firstDay), to: earliest(range.to, today) }
    for (const day of daysIn(within)) {
      const age = numberOf(today) - numberOf(day) + over
      for (const thing of this.#things(level)) {
        const figures = this.#sum(thing, day, age)
        if (figures !== nothing && Object.values(figures).some((value) => value !== 0))
          yield { day, ...thing, figures }
      }
    }
  }

  /** Changes what happened to a leaf (an ad in its ad group, or a campaign without ads) on a day; null lets it vanish. */
  editDay(leaf: number, day: string, figures: Partial<Figures> | null): void {
    this.#edited.set(`${leaf} ${day}`, figures === null ? nothing : { ...nothing, ...figures })
  }

  /** Changes fields of a resource for good, by their full names, as when somebody renames a campaign. */
  editFields(resource: string, id: string, fields: Row): void {
    const key = `${resource} ${id}`
    this.#fields.set(key, { ...this.#fields.get(key), ...fields })
  }

  /** What was changed of a resource. */
  fieldsOf(resource: string, id: string): Row {
    return this.#fields.get(`${resource} ${id}`) ?? {}
  }

  /** Puts a row in front of those of a table, as it is. No faithful copy holds it. */
  addOddity(resource: string, row: Row): void {
    this.#oddities.set(resource, [...this.odditiesOf(resource), row])
  }

  odditiesOf(resource: string): readonly Row[] {
    return this.#oddities.get(resource) ?? []
  }

  *#things(level: Level): Generator<Pick<ThingDay, 'campaign' | 'adGroup' | 'ad'>> {
    for (const campaign of this.campaigns) {
      if (level === 'campaign') yield { campaign }
      else
        for (const adGroup of campaign.adGroups) {
          if (level === 'ad_group') yield { campaign, adGroup }
          else for (const ad of adGroup.ads) yield { campaign, adGroup, ad }
        }
    }
  }

  #sum({ campaign, adGroup, ad }: Pick<ThingDay, 'campaign' | 'adGroup' | 'ad'>, day: string, age: number) {
    if (ad) return this.#figures(ad.number, day, age)
    const groups = adGroup ? [adGroup] : campaign.adGroups
    if (groups.length === 0) return this.#figures(campaign.number, day, age)
    return groups
      .flatMap(({ ads }) => ads)
      .map(({ number }) => this.#figures(number, day, age))
      .reduce(plus, nothing)
  }

  #figures(leaf: number, day: string, age: number): Figures {
    return this.#edited.get(`${leaf} ${day}`) ?? figuresOf(this.chance, leaf, numberOf(day), age)
  }
}
