import { DateTime } from 'luxon'
import type { World } from '../vendor'
import type { MetaAccountSpec } from './account-spec'
import { adDay, type Day } from './ad-day'
import { MetaObjects, type MetaAd, type MetaAdSet, type MetaCampaign, type Raw } from './objects'

/** One simulated ad account: computed objects and figures, and what a test has put in or changed. */
export class MetaAccount {
  readonly spec: MetaAccountSpec
  readonly objects: MetaObjects
  /** Of any object, by its id: what was changed for good. */
  readonly #edits = new Map<string, Raw>()
  /** Of an ad and day: figures that were changed for good, or null where there are none any more. */
  readonly #restated = new Map<string, Raw | null>()
  /** Rows that are listed and are no good. */
  readonly #malformed: Raw[] = []
  /** By list: rows that are no good. */
  readonly #oddities = new Map<string, Raw[]>()
  readonly #days = new Map<string, Day>()
  #addedAds: number[] = []
  /** Ids of campaigns that lists leave out without a word. */
  readonly unlisted = new Set<string>()
  /** Every page begins with a row of the page before. */
  repeats = false
  /** Empty pages that are still to come, each with a next one. */
  emptyPages = 0
  /** Percent that usage headers show; 0 for no headers. At 100 every call is refused. */
  usage = 0

  constructor(spec: MetaAccountSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.spec = spec
    this.objects = new MetaObjects(spec, world)
  }

  /** Changes fields of a campaign, an ad set or an ad for good, as when somebody renames it. */
  edit(id: string, fields: Raw): void {
    this.#edits.set(id, { ...this.#edits.get(id), ...fields })
  }

  /** What was changed of an object. */
  editsOf(id: string): Raw {
    return this.#edits.get(id) ?? {}
  }

  /** An ad that begins at that instant; returns its id. */
  addAd(at: number): string {
    this.#addedAds = [...this.#addedAds, at]
    return this.#added(at, this.#addedAds.length - 1).id
  }

  /** Changes figures of one ad and day for good; null takes the row away. */
  restate(adId: string, day: string, fields: Raw | null): void {
    const key = `${adId} ${day}`
    this.#restated.set(key, fields && { ...this.#restated.get(key), ...fields })
  }

  /** Lists a row that no table can hold. Its `date_start` says in which days. */
  addMalformed(row: Raw): void {
    this.#malformed.push(row)
  }

  /** Puts a row behind those of a list, as it is. No faithful copy holds it. */
  addOddity(edge: string, row: Raw): void {
    this.#oddities.set(edge, [...this.odditiesOf(edge), row])
  }

  odditiesOf(edge: string): readonly Raw[] {
    return this.#oddities.get(edge) ?? []
  }

  campaigns(): MetaCampaign[] {
    return Array.from({ length: this.spec.campaigns }, (_, index) =>
      this.#edited(this.objects.campaign(index)),
    )
  }

  /** Two for each campaign. */
  adSets(): MetaAdSet[] {
    return Array.from({ length: this.spec.campaigns * 2 }, (_, index) => {
      const adset = this.objects.adSet(index)
      return this.#edited({ ...adset, campaign: this.#edited(adset.campaign) })
    })
  }

  /** Every ad that has ever been, deleted ones among them. */
  ads(now: number): MetaAd[] {
    const generated = Array.from({ length: this.objects.adCount(now) }, (_, index) => this.objects.ad(index))
    const added = this.#addedAds
      .map((at, nth) => this.#added(at, nth))
      .filter(({ createdAt }) => createdAt <= now)
    return [...generated, ...added].map((ad) =>
      this.#edited({
        ...ad,
        campaign: this.#edited(ad.campaign),
        adset: this.#edited({ ...ad.adset, campaign: this.#edited(ad.adset.campaign) }),
      }),
    )
  }

  /** Rows of insights per ad and day, oldest day first, as they stand at `now`. */
  *adDays(range: { readonly from: string; readonly to: string }, now: number): Generator<Raw> {
    const ads = this.ads(now)
    for (const day of this.#daysOf(range, now)) {
      for (const ad of ads) {
        const row = this.#row(ad, day, now)
        if (row) yield row
      }
    }
  }

  malformed({ from, to }: { readonly from: string; readonly to: string }): Raw[] {
    return this.#malformed.filter((row) => {
      const day = String(row['date_start'])
      return day >= from && day <= to
    })
  }

  /** The local day of an instant. */
  dayOf(at: number): string {
    return DateTime.fromMillis(at, { zone: this.spec.timezone }).toFormat('yyyy-MM-dd')
  }

  #row(ad: MetaAd, day: Day, now: number): Raw | undefined {
    const restated = this.#restated.get(`${ad.id} ${day.day}`)
    if (restated === null) return undefined
    const { changesEvery } = this.spec
    const figures = adDay(this.objects.chance, ad, day, Math.floor(now / changesEvery) * changesEvery)
    if (!figures && !restated) return undefined
    return {
      account_id: String(this.spec.id),
      account_name: this.spec.name,
      account_currency: this.spec.currency,
      campaign_id: ad.campaign.id,
      campaign_name: ad.campaign.name,
      adset_id: ad.adset.id,
      adset_name: ad.adset.name,
      ad_id: ad.id,
      ad_name: ad.name,
      objective: ad.campaign.objective,
      ...figures,
      ...restated,
      date_start: day.day,
      date_stop: day.day,
    }
  }

  *#daysOf({ from, to }: { readonly from: string; readonly to: string }, now: number): Generator<Day> {
    const first = this.dayOf(this.objects.start)
    const last = this.dayOf(now)
    for (let day = this.#day(from > first ? from : first); day.day <= to && day.day <= last;) {
      yield day
      day = this.#day(this.dayOf(day.to))
    }
  }

  #day(day: string): Day {
    const known = this.#days.get(day)
    if (known) return known
    const start = DateTime.fromISO(day, { zone: this.spec.timezone }).startOf('day')
    const made = {
      day,
      number: Math.floor(Date.parse(day) / 86_400_000),
      from: start.toMillis(),
      to: start.plus({ days: 1 }).startOf('day').toMillis(),
    }
    this.#days.set(day, made)
    return made
  }

  #added(at: number, nth: number): MetaAd {
    // Far beyond the numbers of generated ones, and none that is deleted.
    return { ...this.objects.ad(1_000_000 + nth * 5), createdAt: at, deletedAt: undefined }
  }

  #edited<T extends { readonly id: string }>(object: T): T {
    return { ...object, ...this.#edits.get(object.id) }
  }
}
