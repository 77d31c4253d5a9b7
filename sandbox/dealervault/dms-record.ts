import { addDays, dayOf } from '../../src/lib/local-days'
import type { Chance } from '../random'
import type { RooftopSpec } from './rooftop-spec'

/** A row as DealerVault delivers it: text by header. */
export type RawRow = Record<string, unknown>
export type TruthRow = Record<string, unknown>

/** Something in a dealership's DMS. */
export interface DmsRecord {
  readonly key: string
  /** When the DMS last touched it, in milliseconds: what a window of days goes by. */
  readonly touchedAt: number
  readonly raw: RawRow
  /** Key and telling columns of a faithful copy. */
  readonly truth: TruthRow
}

/** What records are made of. */
export interface Dms {
  readonly spec: RooftopSpec
  readonly chance: Chance
  /** When the record began. */
  readonly at: number
  readonly index: number
  /** As of when it is looked at. */
  readonly now: number
}

/** The chance of one record for a purpose. */
export const chanceIn = ({ chance, index }: Dms, purpose: string): number => chance(index, purpose)

const quarter = 900_000
const knownDays = new Map<string, string>()

/** The local day of an instant. Every zone is whole quarters of an hour from UTC, so a day never begins within one. */
export function localDay(at: number, timezone: string): string {
  const name = `${timezone} ${Math.floor(at / quarter)}`
  const day = knownDays.get(name) ?? dayOf(new Date(at), timezone)
  if (knownDays.size > 200_000) knownDays.clear()
  knownDays.set(name, day)
  return day
}

export const dayAt = ({ spec }: Dms, at: number): string => localDay(at, spec.timezone)

export const daysLater = addDays

/** `2026-03-04` as `3/4/2026`. */
export function slashed(day: string | null): string {
  const [year = '', month = '', date = ''] = (day ?? '').split('-')
  return day === null ? '' : `${Number(month)}/${Number(date)}/${year}`
}

/** Cents as `-31,250.00`. */
export function money(cents: number): string {
  const [whole = '0', fraction = '00'] = (Math.abs(cents) / 100).toFixed(2).split('.')
  return `${cents < 0 ? '-' : ''}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`
}

/** Cents as a plain decimal. */
export const plain = (cents: number): string => (cents / 100).toFixed(2)

/** A whole number with commas between thousands. */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')

/** A number of a fixed length, as DMSs write ids. */
export const padded = (value: number, length: number): string => String(value).padStart(length, '0')

export const vinOf = (index: number, rooftop: string): string =>
  `1CANRY0${rooftop.slice(-4).padStart(4, '0')}${padded(index, 6)}`.toUpperCase()

/** What every row begins with. */
export const head = ({ spec }: Dms, fileType: string): RawRow => ({
  'File Type': fileType,
  'DV Dealer ID': spec.id,
  'Vendor Dealer ID': spec.id,
  'DMS Type': spec.dms,
})
