import { z } from 'zod'
import type { VendorAnswer } from '../vendor'
import { saleClasses, type SaleClass } from './company-spec'
import type { Standing } from './lot'
import { rawVehicleOf } from './raw-vehicle'

/** The most that the vendor's own plugin asks for. */
const longestPage = 50

const whole = z.string().regex(/^[1-9]\d*$/)
const Query = z.strictObject({
  saleclass: z.enum([...saleClasses, 'All']).default('All'),
  per_page: whole.default('10'),
  page: whole.default('1'),
  photo_view: z.literal('1').optional(),
  sort: z.enum(['year_asc', 'year_desc']).default('year_desc'),
  vin: z.string().optional(),
})

export interface PageOptions {
  readonly query: URLSearchParams
  readonly quirk: string | undefined
  readonly companyId: number
  readonly nothing: '404' | 'empty array'
  /** Fewer than is asked for, where it is less. */
  readonly largestPage: number
  readonly listed: (saleClass: SaleClass | undefined) => readonly Standing[]
  readonly nameOf: (companyId: number) => string
}

/** A page of vehicles, or the refusal of what was asked. */
export function inventoryPage(options: PageOptions): VendorAnswer {
  const { query, quirk, companyId, listed, nameOf } = options
  const asked = Query.safeParse(Object.fromEntries(query))
  if (!asked.success) return refused(asked.error.issues.map(({ path }) => path.join('.')).join(', '))
  const { saleclass, per_page, page, photo_view, sort, vin } = asked.data
  if (Number(per_page) > longestPage) return refused('per_page')
  if (quirk === 'no-list') return { status: 200, body: { vehicles: [] } }

  const found = listed(saleclass === 'All' ? undefined : saleclass)
  const vehicles = sort === 'year_asc' ? found.toReversed() : found
  const perPage = Math.min(Number(per_page), options.largestPage)
  const pages = Math.ceil(vehicles.length / perPage)
  const total = quirk === 'moved' ? pages + 1 : quirk === 'endless' ? 1000 : pages
  // Pages that repeat begin with the second one; endless ones have vehicles that nobody has.
  const place = quirk === 'repeat' ? 1 : quirk === 'endless' ? 1 + ((Number(page) - 1) % pages) : Number(page)
  const raw = (standing: Standing, index: number) => ({
    ...rawVehicleOf(standing, {
      dealerName: nameOf(standing.vehicle.companyId),
      askedFor: companyId,
      withPhotos: photo_view === '1',
      pagination: { on_page: Number(page), total },
    }),
    ...(quirk === 'endless' ? { id: Number(page) * 1000 + index } : {}),
  })
  if (vin !== undefined) {
    const one = vehicles.find(({ vehicle }) => vehicle.vin === vin)
    return one ? { status: 200, body: raw(one, 0) } : missing
  }
  if (vehicles.length === 0 && options.nothing === '404') return missing
  const shown = vehicles.slice((place - 1) * perPage, place * perPage)
  return { status: 200, body: shown.map(raw) }
}

export const missing: VendorAnswer = { status: 404, body: { error: 'Not found' } }

const refused = (what: string): VendorAnswer => ({ status: 400, body: { error: `not understood: ${what}` } })
