import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import { CompanySpec, type CompanyInput, type SaleClass } from './company-spec'
import { controlDealertrend } from './control'
import { demoCompanies } from './demo'
import { inventoryPage, missing } from './inventory-page'
import { Lot, type OddFields, type Standing } from './lot'
import { truthOf, type TruthRow } from './truth'
import type { Vehicle } from './vehicle'

export interface DealertrendVendorOptions {
  /** Default: the demo clients' companies. */
  readonly companies?: readonly CompanyInput[]
  /** Default: 2 requests in any second, 1 in flight, for everybody together. */
  readonly limits?: RateLimits
  /** Vehicles on a page at most, whatever is asked for. Default 50. */
  readonly largestPage?: number
}

/** DealerTrend's Vehicle Management System, as far as its inventory goes. */
export class DealertrendVendor implements SimulatedVendor {
  readonly name = 'dealertrend'
  readonly basePath = '/dealertrend'
  readonly limits: RateLimits
  readonly refusal: VendorAnswer = {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { error: 'Slow down' },
  }
  readonly #world: World
  readonly #lots = new Map<number, Lot>()
  readonly #revoked = new Set<string>()
  readonly #largestPage: number

  constructor(world: World, options: DealertrendVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 2, inFlight: 1 }
    this.#largestPage = options.largestPage ?? 50
    for (const spec of options.companies ?? demoCompanies(world.seed)) this.addCompany(spec)
  }

  /** Opens a company, or replaces one of the same id. */
  addCompany(spec: CompanyInput): void {
    const checked = CompanySpec.parse(spec)
    this.#lots.set(checked.id, new Lot(checked, this.#world))
  }

  /** Knows a company no more. */
  closeCompany(id: number): void {
    this.#lots.delete(id)
  }

  /** Refuses a token until it is restored. */
  revoke(token: string): void {
    this.#revoked.add(token)
  }

  restore(token: string): void {
    this.#revoked.delete(token)
  }

  /** Puts in one vehicle and returns its id. With `odd` fields no table can hold it, and the truth has it not. */
  addVehicle(companyId: number, facts: Partial<Vehicle> = {}, odd?: OddFields): number {
    return this.#lot(companyId).add(facts, this.#now, odd)
  }

  editVehicle(companyId: number, id: number, facts: Partial<Vehicle>): void {
    this.#lot(companyId).edit(id, facts, this.#now)
  }

  /** Lists a vehicle no more, until it is put back. */
  removeVehicle(companyId: number, id: number): void {
    this.#lot(companyId).remove(id)
  }

  putBackVehicle(companyId: number, id: number): void {
    this.#lot(companyId).putBack(id)
  }

  /** What is listed under a company by now, without its members' vehicles. */
  vehicles(companyId: number, saleClass?: SaleClass): readonly Vehicle[] {
    return this.#lot(companyId)
      .listed(this.#now, saleClass)
      .map(({ vehicle }) => vehicle)
  }

  /** What a faithful copy of the account holds by now, its members' vehicles included. */
  truth(externalId: string): Readonly<Record<'dealertrend_vehicles', Iterable<TruthRow>>> {
    return { dealertrend_vehicles: this.#truthRows(this.#lot(Number(externalId))) }
  }

  /** All who ask share the host. */
  rateKeyOf(): string {
    return 'host'
  }

  answer(request: VendorRequest): VendorAnswer {
    if (request.method !== 'GET') return { status: 405, body: { error: 'Method not allowed' } }
    const [, ofApi, ofInventory] =
      /^\/(?:api\/companies\/(\d+)(?:\/vehicles\.json)?|(\d+)\/inventory\/vehicles\.json)$/.exec(
        request.path,
      ) ?? []
    const lot = this.#lots.get(Number(ofApi ?? ofInventory))
    if (!lot) return missing
    const refusal = this.#refusalOf(lot.spec, request)
    if (refusal) return refusal
    if (ofInventory !== undefined) return this.#inventory(lot, request)
    return request.path.endsWith('.json') ? this.#lightList(lot) : { status: 200, body: companyOf(lot.spec) }
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlDealertrend(this, request)
  }

  #refusalOf({ token }: CompanySpec, { headers }: VendorRequest): VendorAnswer | undefined {
    if (token === undefined) return undefined
    const [, given] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? []
    if (given === undefined || this.#revoked.has(given)) return { status: 401, body: { error: 'Sign in' } }
    return given === token ? undefined : { status: 403, body: { error: 'Not yours' } }
  }

  #inventory({ spec }: Lot, { query, quirk }: VendorRequest): VendorAnswer {
    return inventoryPage({
      query,
      quirk,
      companyId: spec.id,
      nothing: spec.nothing,
      largestPage: this.#largestPage,
      listed: (saleClass) => this.#listed(spec, saleClass),
      nameOf: (id) => this.#lots.get(id)?.spec.name ?? '',
    })
  }

  #lightList({ spec }: Lot): VendorAnswer {
    if (!spec.lightList) return missing
    const body = this.#listed(spec, undefined).map(({ vehicle }) => ({
      vin: vehicle.vin,
      year: vehicle.year,
      make: vehicle.make,
      model: vehicle.model,
      trim: encodeURIComponent(vehicle.trim),
      sale_class: vehicle.saleClass,
      updated_at: new Date(vehicle.updatedAt).toISOString(),
    }))
    return { status: 200, body }
  }

  #listed(spec: CompanySpec, saleClass: SaleClass | undefined): Standing[] {
    return this.#lotsOf(spec).flatMap((lot) => lot.listed(this.#now, saleClass))
  }

  *#truthRows({ spec }: Lot): Generator<TruthRow> {
    for (const lot of this.#lotsOf(spec)) {
      for (const standing of lot.everything(this.#now))
        if (!standing.odd) yield truthOf(standing, lot.spec.name)
    }
  }

  #lotsOf(spec: CompanySpec): Lot[] {
    return [spec.id, ...spec.members].map((id) => this.#lot(id))
  }

  get #now(): number {
    return this.#world.clock.now().getTime()
  }

  #lot(companyId: number): Lot {
    const lot = this.#lots.get(companyId)
    if (!lot) throw new Error(`the sandbox has no DealerTrend company ${companyId}`)
    return lot
  }
}

const companyOf = ({ id, name, members }: CompanySpec): Record<string, unknown> => ({
  id,
  name,
  street: '1 Sample Street',
  city: 'Springfield',
  state: 'OH',
  zip: '45501',
  phone: '+1 312 555 0101',
  fax: '+1 312 555 0102',
  country_code: 'US',
  seo: { city: 'Springfield', state: 'OH' },
  api_keys: { maps: 'CANARY-maps-key', carfax: 'CANARY-carfax-key' },
  automall_ids: members,
})
