import type { Chance } from '../random'

/** A record as the vendor answers it. */
export type Raw = Record<string, unknown>

/** A record as it is at some time, and what the lists go by. */
export interface Snapshot {
  /** What names it within its department. */
  readonly id: string
  readonly raw: Raw
  /** Whether the lists of what is open have it, or those of what is closed. */
  readonly isClosed: boolean
  /** The day that windows of days go by. */
  readonly filed: string
}

/** What a record is made from. */
export interface Making {
  readonly index: number
  readonly department: string
  readonly subscription: string
  readonly chance: (purpose: string) => number
  /** Events that have happened, as milliseconds; undefined where not, or not yet. */
  readonly at: readonly (number | undefined)[]
  /** The customer of the same dealership that it belongs to. */
  readonly customerId: string
  /** What a test has made of its facts. */
  readonly changed?: Readonly<Record<string, never>>
}

export const purposeOf =
  (chance: Chance, index: number) =>
  (purpose: string): number =>
    chance(index, purpose)

export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10)
export const dayOrNull = (at: number | undefined): string | null => (at === undefined ? null : dayText(at))

/** Money, which the vendor gives as a number here and as text there. Whole cents. */
export const money = (cents: number, isText: boolean): string | number =>
  isText ? (cents / 100).toFixed(2) : cents / 100

/** The same as a faithful copy holds it. */
export const moneyText = (cents: number): string => String(cents / 100)

/** A person's number and address, for hashing only. */
export const contactOf = (index: number): { email: string; phone: string } => ({
  email: `canary.${index}@mail.example`,
  phone: `+1 312 555 01${String(index % 100).padStart(2, '0')}`,
})

const places = [
  ['Springfield', 'OH', '45501'],
  ['Riverside', 'CA', '92501'],
  ['Franklin', 'TN', '37064'],
  ['Boise', 'ID', '83702'],
] as const

export const placeOf = (index: number): readonly [city: string, state: string, postalCode: string] =>
  places[index % places.length] ?? places[0]

export const vinOf = (index: number, department: string): string =>
  `1ZZ${department.replace(/\W/g, '').toUpperCase().slice(0, 6).padEnd(6, 'Z')}${String(index).padStart(8, '0')}`
