import { decimalText } from '../../src/job/values'
import { emailAddress, phoneNumber } from '../../src/lib/contacts'
import * as read from '../../src/lib/read-fields'

/*
 * Readers for what is particular to CDK Drive: numbers that come as text, names that differ by version. As those they
 * build on, they hand on what they do not understand.
 */

/** What every mapper of this job is told. */
export interface MapperOptions {
  readonly department: string
  /** The vendor's id of the account that was asked for. */
  readonly externalId: string
  readonly pseudonym: (value: string) => string
}

/** A whole number, also where it came as text. */
export function whole(value: unknown): unknown {
  const number = read.numberOf(value)
  return Number.isInteger(number) ? number : read.text(value)
}

/** A calendar day, also where it came with a time of day behind it. */
export function day(value: unknown): unknown {
  const text = read.text(value)
  return typeof text === 'string' ? (/^(\d{4}-\d\d-\d\d)T/.exec(text)?.[1] ?? text.trim()) : text
}

/** Yes or no, as a truth value or as one of the DMS' own words for it. */
export function flag(value: unknown): unknown {
  const given = typeof value === 'string' ? value.trim().toUpperCase() : value
  if (given === 'Y' || given === 'TRUE') return true
  if (given === 'N' || given === 'FALSE') return false
  return read.flag(value)
}

/** A short word inside JSON: anything but text and numbers is left out there, where no column would refuse it. */
export function word(value: unknown): string | null {
  const text = read.text(value)
  return typeof text === 'string' && text.length <= 200 ? text.trim() : null
}

/** An amount inside JSON, as text in its one form. */
export const amount = (value: unknown): string | null => decimalText(read.decimal(value)) ?? null

/** A whole number inside JSON. */
export function count(value: unknown): number | null {
  const number = read.numberOf(value)
  return number !== undefined && Number.isSafeInteger(number) ? number : null
}

/** The objects of a list; none where there is no list. */
export const fieldsIn = (value: unknown): read.Fields[] =>
  Array.isArray(value) ? value.map(read.fieldsOf) : []

/** What is kept of a person, from wherever a record has it. */
export interface Person {
  readonly emails: readonly unknown[]
  readonly phones: readonly unknown[]
  readonly country?: unknown
  readonly city?: unknown
  readonly state?: unknown
  readonly postalCode?: unknown
}

/** The columns that tell of a person. Nothing but these leaves the mappers. */
export function personColumnsOf(
  { emails, phones, country, city, state, postalCode }: Person,
  pseudonym: MapperOptions['pseudonym'],
): Record<string, unknown> {
  return {
    email_hashes: hashes(emails.map(emailAddress), pseudonym),
    phone_hashes: hashes(
      phones.map((phone) => phoneNumber(phone, country)),
      pseudonym,
    ),
    city: read.text(city),
    state: read.text(state),
    postal_code: read.text(postalCode),
  }
}

/** The same columns for somebody who wants to be forgotten. */
export const nobody = { email_hashes: null, phone_hashes: null, city: null, state: null, postal_code: null }

/** Each once and in order, so that the vendor's order is no change. */
function hashes(values: readonly (string | undefined)[], pseudonym: MapperOptions['pseudonym']): unknown {
  const known = [...new Set(values.filter((value) => value !== undefined))]
  return known.length === 0 ? null : known.map(pseudonym).toSorted()
}

/** City, state and postal code from one line; nothing where it is not written like `Springfield, OH 45501`. */
export function placeIn(line: unknown): Pick<Person, 'city' | 'state' | 'postalCode'> {
  const parts =
    typeof line === 'string'
      ? /^([^,\d]+?),?\s+([A-Z]{2})\s+([A-Z\d][A-Z\d -]{2,9})$/.exec(line.trim())
      : null
  return parts ? { city: parts[1], state: parts[2], postalCode: parts[3] } : {}
}
