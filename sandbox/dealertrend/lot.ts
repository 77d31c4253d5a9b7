import { days } from '../../src/lib/durations'
import { chanceOf } from '../random'
import type { World } from '../vendor'
import { saleClasses, type CompanySpec, type SaleClass } from './company-spec'
import { vehicleOf, type Stay, type Vehicle } from './vehicle'

/** Fields of the answer that no table can hold, in place of the right ones. */
export type OddFields = Readonly<Record<string, unknown>>

/** A vehicle that was put in by a test. */
interface Added {
  readonly vehicle: Vehicle
  readonly odd?: OddFields
}

/** A vehicle on the lot, or one that has gone. */
export interface Standing extends Added {
  readonly isGone: boolean
}

/** The vehicles of one company by the clock, and what a test has done to them. */
export class Lot {
  readonly spec: CompanySpec
  readonly #world: Pick<World, 'seed' | 'epoch'>
  readonly #added = new Map<number, Added>()
  readonly #edits = new Map<number, Partial<Vehicle>>()
  readonly #removed = new Set<number>()

  constructor(spec: CompanySpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.spec = spec
    this.#world = world
  }

  /** Puts in one like the generated ones but for `facts`, and returns its id. `odd` fields make it malformed. */
  add(facts: Partial<Vehicle>, now: number, odd?: OddFields): number {
    const index = 40_000 + this.#added.size
    const stay = { index, from: now, to: Number.POSITIVE_INFINITY }
    const vehicle = { ...this.#vehicle(facts.saleClass ?? 'Used', stay, now), ...facts }
    this.#added.set(vehicle.id, { vehicle, ...(odd ? { odd } : {}) })
    return vehicle.id
  }

  /** Changes what is so about a vehicle for good. */
  edit(id: number, facts: Partial<Vehicle>, now: number): void {
    this.#edits.set(id, { ...this.#edits.get(id), updatedAt: now, ...facts })
  }

  /** Takes a vehicle off the list, without a word, as the vendor does. */
  remove(id: number): void {
    this.#removed.add(id)
  }

  putBack(id: number): void {
    this.#removed.delete(id)
  }

  /** What is listed, latest model year first. */
  listed(now: number, saleClass?: SaleClass): Standing[] {
    return [...this.everything(now)]
      .filter(({ isGone, vehicle }) => !isGone && (!saleClass || vehicle.saleClass === saleClass))
      .toSorted(({ vehicle: a }, { vehicle: b }) => b.year - a.year || b.id - a.id)
  }

  /** Every vehicle that has been listed by now. */
  *everything(now: number): Generator<Standing> {
    for (const saleClass of saleClasses) {
      for (const stay of this.#stays(saleClass, now)) {
        const vehicle = this.#edited(this.#vehicle(saleClass, stay, Math.min(now, stay.to)))
        yield { vehicle, isGone: stay.to <= now || this.#removed.has(vehicle.id) }
      }
    }
    for (const { vehicle, ...rest } of this.#added.values())
      yield { vehicle: this.#edited(vehicle), ...rest, isGone: this.#removed.has(vehicle.id) }
  }

  /** First in, first out: one goes when the one comes that is a whole lot later. */
  *#stays(saleClass: SaleClass, now: number): Generator<Stay> {
    const { every, vehicles } = this.spec
    const size = vehicles[saleClass]
    const epoch = this.#world.epoch.getTime()
    const count = every > 0 && size > 0 ? size + Math.max(0, Math.floor((now - epoch) / every)) : size
    for (let index = 0; index < count; index += 1) {
      const from = index < size ? epoch - days(size - index) : epoch + (index - size + 1) * every
      const to = every > 0 ? epoch + (index + 1) * every : Number.POSITIVE_INFINITY
      yield { index, from, to }
    }
  }

  #vehicle(saleClass: SaleClass, stay: Stay, now: number): Vehicle {
    const { id: companyId, pricedEvery } = this.spec
    const chance = chanceOf(`${this.#world.seed} dealertrend ${companyId}`)
    const epoch = this.#world.epoch.getTime()
    return vehicleOf({ companyId, saleClass, chance, epoch, pricedEvery }, stay, now)
  }

  #edited(vehicle: Vehicle): Vehicle {
    const edit = this.#edits.get(vehicle.id)
    return edit
      ? { ...vehicle, ...edit, updatedAt: Math.max(vehicle.updatedAt, edit.updatedAt ?? 0) }
      : vehicle
  }
}
