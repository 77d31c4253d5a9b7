import { oneOf, type Chance } from '../random'
import type { SaleClass } from './company-spec'

/** What is so about a vehicle, whatever the vendor makes of it. */
export interface Vehicle {
  readonly id: number
  readonly companyId: number
  readonly vin: string
  readonly stock: string
  readonly saleClass: SaleClass
  readonly vehicleClass: string
  readonly year: number
  readonly make: string
  readonly model: string
  readonly trim: string
  readonly odometer: number
  readonly isCertified: boolean
  readonly retail: number | null
  readonly asking: number | null
  readonly sale: number | null
  readonly isOnSale: boolean
  readonly photos: number
  readonly tags: readonly string[]
  /** A day; null while it is for sale. */
  readonly soldOn: string | null
  /** False where its answer does not say whose it is. */
  readonly namesCompany: boolean
  /** Milliseconds. */
  readonly updatedAt: number
}

/** When it stands on the lot, in milliseconds. */
export interface Stay {
  readonly index: number
  readonly from: number
  /** The first instant at which it is gone; absent, it stays. */
  readonly to: number
}

export interface VehicleOrigin {
  readonly companyId: number
  readonly saleClass: SaleClass
  readonly chance: Chance
  readonly epoch: number
  readonly pricedEvery: number
}

type Model = readonly [make: string, model: string, vehicleClass: string]
const models: readonly [Model, ...Model[]] = [
  ['Sample', 'Pickup', 'truck'],
  ['Sample', 'Sedan', 'car'],
  ['Example', 'Crossover', 'sport_utility'],
  ['Example', 'Minivan', 'van'],
]
const trims = ['XL', 'LX/Sport', 'Touring 50% off-road', 'S & More', 'Limited'] as const
const allTags = ['low-miles', 'one-owner', 'great value', 'fuel/saver'] as const

/** A vehicle at an instant while it is there. Its prices change, it gets photos, and some are sold before they go. */
export function vehicleOf(origin: VehicleOrigin, { index, from, to }: Stay, now: number): Vehicle {
  const { companyId, saleClass, epoch, pricedEvery } = origin
  const chance = (purpose: string): number => origin.chance(index, `${saleClass} ${purpose}`)
  const [make, model, vehicleClass] = oneOf(models, chance('model'))
  const isNew = saleClass === 'New'
  const since = Math.max(from, epoch)
  const prices = pricedEvery > 0 ? Math.floor((now - since) / pricedEvery) : 0
  const photographedAt = from + 2 * 3_600_000
  const soldAt = Number.isFinite(to) && chance('is sold') < 0.4 ? to - (to - since) / 4 : Infinity
  const asking =
    chance('has price') < 0.08 ? 0 : 18_000 + Math.floor(chance('price') * 40_000) - 50 * (prices % 9)
  const sale = chance('has sale') < 0.5 ? asking + Math.floor(chance('sale') * 3000) - 2500 : null
  const happened = [from, since + prices * pricedEvery, photographedAt, soldAt].filter((at) => at <= now)
  // A new one that came back as a used one, now and then.
  const isAgain = !isNew && chance('was new') < 0.1
  return {
    id: companyId * 100_000 + index * 2 + (isNew ? 0 : 1),
    companyId,
    vin: vinOf(companyId, isNew || isAgain ? 'N' : 'U', index),
    stock: `${isNew ? 'N' : 'U'}${1000 + index}`,
    saleClass,
    vehicleClass,
    year: isNew ? 2026 : 2014 + Math.floor(chance('year') * 11),
    make,
    model,
    trim: oneOf(trims, chance('trim')),
    odometer: isNew ? 5 + Math.floor(chance('miles') * 40) : 8000 + Math.floor(chance('miles') * 90_000),
    isCertified: !isNew && chance('certified') < 0.3,
    retail: isNew ? asking + 2300 : null,
    asking,
    sale,
    isOnSale: chance('on sale') < 0.7,
    photos: now >= photographedAt ? 1 + Math.floor(chance('photos') * 3) : 0,
    tags: chance('tagged') < 0.5 ? [oneOf(allTags, chance('tag'))] : [],
    soldOn: now >= soldAt ? new Date(soldAt).toISOString().slice(0, 10) : null,
    namesCompany: chance('names company') < 0.85,
    updatedAt: Math.max(...happened),
  }
}

const vinOf = (companyId: number, kind: string, index: number): string =>
  `1ZZ${kind}${String(companyId).padStart(6, '0')}${String(index).padStart(7, '0')}`
