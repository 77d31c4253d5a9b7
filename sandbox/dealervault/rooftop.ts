import { days } from '../../src/lib/durations'
import { chanceOf, type Chance } from '../random'
import type { World } from '../vendor'
import { appointmentOf } from './appointment'
import type { Dms, DmsRecord, RawRow, TruthRow } from './dms-record'
import type { FileType, RooftopSpec } from './rooftop-spec'
import { saleOf } from './sale'
import { serviceOrderOf } from './service-order'
import { vehicleOf } from './vehicle'

/** Within 24 months, however short they are: a first load has all of it. */
const historyLength = days(700)

/** A change that a test made, on top of what is generated. */
interface Change {
  readonly raw: RawRow
  readonly truth: TruthRow
  /** Undefined where the DMS does not say that it touched the record. */
  readonly at: number | undefined
}

/** One simulated dealership's DMS, as DealerVault has polled it. */
export class Rooftop {
  readonly spec: RooftopSpec
  /** Rows that are delivered besides, and are no good copy's concern. */
  readonly #odd = new Map<FileType, RawRow[]>()
  readonly #changes = new Map<string, Change>()
  readonly #epoch: number
  readonly #seed: string
  readonly #commands = new Map<FileType, number>()

  constructor(spec: RooftopSpec, world: Pick<World, 'seed' | 'epoch'>) {
    this.spec = spec
    this.#epoch = world.epoch.getTime()
    this.#seed = `${world.seed} dealervault ${spec.id}`
  }

  /** Changes fields of a record for good. `silently`: the DMS does not count it as touched. */
  change(
    fileType: FileType,
    key: string,
    fields: Pick<Change, 'raw' | 'truth'>,
    at: number | undefined,
  ): void {
    const name = `${fileType} ${key}`
    const known = this.#changes.get(name)
    this.#command(fileType)
    this.#changes.set(name, {
      raw: { ...known?.raw, ...fields.raw },
      truth: { ...known?.truth, ...fields.truth },
      at: at ?? known?.at,
    })
  }

  /** Delivers a row from now on that is not what it should be. */
  addOdd(fileType: FileType, row: RawRow): void {
    this.#command(fileType)
    this.#odd.set(fileType, [...(this.#odd.get(fileType) ?? []), row])
  }

  odd(fileType: FileType): readonly RawRow[] {
    return this.#odd.get(fileType) ?? []
  }

  /** When DealerVault polled the DMS last. A change that a test makes has it poll once more, a second later. */
  lastPoll(fileType: FileType, now: number): Date {
    const commands = this.#commands.get(fileType) ?? 0
    return new Date((Math.floor(this.#asOf(now) / 1000) + commands) * 1000)
  }

  /** Everything that DealerVault knows of a feed by now; of the inventory, what is on the lot. */
  records(fileType: FileType, now: number): DmsRecord[] {
    const asOf = this.#asOf(now)
    return this.#generated(fileType, asOf).map((record) => {
      const change = this.#changes.get(`${fileType} ${record.key}`)
      if (!change) return record
      return {
        ...record,
        touchedAt: change.at ?? record.touchedAt,
        raw: { ...record.raw, ...change.raw },
        truth: { ...record.truth, ...change.truth },
      }
    })
  }

  #command(fileType: FileType): void {
    this.#commands.set(fileType, (this.#commands.get(fileType) ?? 0) + 1)
  }

  #asOf(now: number): number {
    const { every, pollEvery } = this.spec
    return every === 0 ? this.#epoch : this.#epoch + Math.floor((now - this.#epoch) / pollEvery) * pollEvery
  }

  #generated(fileType: FileType, asOf: number): DmsRecord[] {
    const chance = chanceOf(`${this.#seed} ${fileType}`)
    const made = (count: number, make: (dms: Dms) => DmsRecord | undefined): DmsRecord[] =>
      Array.from({ length: this.#countOf(count, asOf) }, (_, index) => {
        const at = this.#timeOf(index, count, chance)
        return at <= asOf ? make({ spec: this.spec, chance, at, index, now: asOf }) : undefined
      }).filter((record) => record !== undefined)
    const { sales, serviceOrders, appointments } = this.spec
    switch (fileType) {
      case 'SL':
        return made(sales, saleOf)
      case 'SV':
        return made(serviceOrders, serviceOrderOf)
      case 'SV_APPT':
        return made(appointments, appointmentOf)
      case 'INV':
        return this.#lot(asOf, chance)
    }
  }

  #countOf(history: number, asOf: number): number {
    const { every } = this.spec
    return history + (every > 0 && history > 0 ? Math.floor((asOf - this.#epoch) / every) + 1 : 0)
  }

  #timeOf(index: number, history: number, chance: Chance): number {
    const within = index + chance(index, 'time') * 0.9
    if (index < history) return Math.floor(this.#epoch - historyLength + (within * historyLength) / history)
    return Math.floor(this.#epoch + (within - history) * this.spec.every)
  }

  /** Now and then one vehicle comes, and the one that has stood longest goes. */
  #lot(asOf: number, chance: Chance): DmsRecord[] {
    const { vehicles, every } = this.spec
    const turnover = every * 4
    const turns = turnover > 0 ? Math.floor((asOf - this.#epoch) / turnover) : 0
    return Array.from({ length: vehicles }, (_, place) => {
      const index = turns + place
      const at =
        index < vehicles
          ? this.#epoch - days(60) + Math.floor((index * days(60)) / vehicles)
          : this.#epoch + (index - vehicles + 1) * turnover
      return vehicleOf({ spec: this.spec, chance, at, index, now: asOf })
    })
  }
}
