import type { World } from '../vendor'
import { departmentsOf, kinds, type FortellisAccountSpec, type Kind } from './account-spec'
import { Lives, type Life } from './lives'
import { purposeOf, type Making, type Raw, type Snapshot } from './raw'
import { appointmentAt } from './raw-appointment'
import { customerAt } from './raw-customer'
import { repairOrderAt } from './raw-repair-order'
import { saleAt } from './raw-sale'

/** A moment as a snapshot knows it: what tests did later at the same instant is not in it. */
export interface Moment {
  readonly now: number
  readonly sequence: number
}

/** A record as it is at a moment, how it came to be that, and when it was touched. */
export interface Standing extends Snapshot {
  readonly making: Making
  readonly touched: readonly number[]
}

/** Something that a test did to a record. */
interface Deed extends Moment {
  /** An event of its life, by number; undefined where only facts changed. */
  readonly event?: number
  readonly facts?: Readonly<Record<string, unknown>>
  /** No list of changes tells of it. */
  readonly silent: boolean
}

const snapshotOf: Readonly<Record<Kind, (making: Making) => Snapshot>> = {
  sales: saleAt,
  repair_orders: repairOrderAt,
  appointments: appointmentAt,
  customers: customerAt,
}

/** Indexes of records that tests put in begin here. */
const addedFrom = 100_000

/** One simulated dealership: generated records, and what tests have done to them. */
export class FortellisAccount {
  readonly spec: FortellisAccountSpec
  /** Every record is listed twice. */
  isDoubled = false
  readonly #lives = new Map<string, Lives>()
  readonly #added = new Map<string, (Life & Moment)[]>()
  readonly #deeds = new Map<string, Deed[]>()
  readonly #malformed = new Map<string, (Moment & { readonly raw: Raw })[]>()
  #sequence = 0

  constructor(spec: FortellisAccountSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.spec = spec
    for (const kind of kinds)
      for (const department of departmentsOf(spec, kind))
        this.#lives.set(`${kind} ${department}`, new Lives(kind, department, spec, world))
  }

  /** Now, with everything that was done so far. */
  moment(now: number): Moment {
    return { now, sequence: this.#sequence }
  }

  /** Puts in a record whose first events have just happened. Returns its index. */
  add(kind: Kind, department: string, now: number, eventCount = 1): number {
    const list = this.#listOf(this.#added, kind, department)
    const index = addedFrom + list.length
    list.push({ index, at: Array.from({ length: eventCount }, () => now), ...this.#next(now) })
    return index
  }

  /** Lets an event of a record's life happen. */
  happen(kind: Kind, department: string, index: number, event: number, now: number): void {
    this.#listOf(this.#deeds, kind, department, index).push({ event, silent: false, ...this.#next(now) })
  }

  /** Changes facts of a record for good; silently, where no list of changes is to tell of it. */
  change(kind: Kind, department: string, index: number, facts: Raw, now: number, silent = false): void {
    this.#listOf(this.#deeds, kind, department, index).push({ facts, silent, ...this.#next(now) })
  }

  /** Puts in a record as it is, however wrong. */
  addMalformed(kind: Kind, department: string, raw: Raw, now: number): void {
    this.#listOf(this.#malformed, kind, department).push({ raw, ...this.#next(now) })
  }

  /** Every record of a kind in a department at a moment. */
  *standings(kind: Kind, department: string, moment: Moment): Generator<Standing> {
    const lives = this.#lives.get(`${kind} ${department}`)
    if (!lives) return
    for (const life of lives.until(moment.now)) yield this.#standing(kind, department, life, moment)
    for (const life of this.#listOf(this.#added, kind, department))
      if (life.sequence <= moment.sequence) yield this.#standing(kind, department, life, moment)
  }

  *malformed(kind: Kind, department: string, moment: Moment): Generator<{ raw: Raw; at: number }> {
    for (const { raw, now, sequence } of this.#listOf(this.#malformed, kind, department))
      if (sequence <= moment.sequence) yield { raw, at: now }
  }

  #standing(kind: Kind, department: string, life: Life, moment: Moment): Standing {
    const deeds = this.#listOf(this.#deeds, kind, department, life.index).filter(
      ({ sequence }) => sequence <= moment.sequence,
    )
    const at = life.at.map((event) => (event !== undefined && event <= moment.now ? event : undefined))
    for (const { event, now } of deeds) if (event !== undefined) at[event] = now
    const lives = this.#lives.get(`${kind} ${department}`) as Lives
    const chance = purposeOf(lives.chance, life.index)
    const making: Making = {
      index: life.index,
      department,
      subscription: this.spec.subscription_id,
      chance,
      at,
      customerId: this.#customerOf(kind, department, life.index, chance),
      changed: Object.assign({}, ...deeds.map(({ facts }) => facts)) as Record<string, never>,
    }
    const touched = at.filter((event) => event !== undefined)
    return {
      ...snapshotOf[kind](making),
      making,
      touched: [...touched, ...deeds.filter(({ silent }) => !silent).map(({ now }) => now)],
    }
  }

  /** A customer's own number; for other records one of the department's customers, or of another department's. */
  #customerOf(kind: Kind, department: string, index: number, chance: (purpose: string) => number): string {
    const departments = departmentsOf(this.spec, 'customers')
    const own = departments.indexOf(department)
    if (kind === 'customers') return customerId(own, index)
    const of = chance('elsewhere') < 0.2 ? 0 : own
    return customerId(of, Math.floor(chance('customer') * Math.max(1, this.spec.history)))
  }

  #next(now: number): Moment {
    this.#sequence += 1
    return { now, sequence: this.#sequence }
  }

  #listOf<Item>(of: Map<string, Item[]>, ...parts: readonly (string | number)[]): Item[] {
    const key = parts.join(' ')
    const known = of.get(key)
    if (known) return known
    const list: Item[] = []
    of.set(key, list)
    return list
  }
}

const customerId = (department: number, index: number): string =>
  String(90_000_000 + department * 1_000_000 + index)
