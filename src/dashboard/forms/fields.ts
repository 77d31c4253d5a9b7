import { z } from 'zod'
import { dayText } from '../../job/values'

const names = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** Names separated by commas; undefined where nothing was typed, which means all. */
export const Names = z
  .string()
  .max(5000, 'expected no more than 5000 characters')
  .default('')
  .transform((text) => (names(text).length === 0 ? undefined : names(text)))

/** Boxes that were ticked, by name; undefined where none was, which means all. */
export const Ticked = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((ticked) => (ticked === undefined ? undefined : [ticked].flat()))

const isDay = (text: string): boolean => dayText(text) !== undefined
const dayExpected = 'expected a calendar day such as 2026-03-08'

/** A calendar day. */
export const NeededDay = z.string(dayExpected).trim().refine(isDay, dayExpected)

/** A calendar day; undefined where nothing was typed. */
export const Day = z
  .string()
  .trim()
  .refine((text) => text === '' || isDay(text), dayExpected)
  .optional()
  .transform((text) => (text === '' ? undefined : text))

/** A whole number within bounds. */
export function whole(from: number, to: number) {
  const expected = `expected a whole number from ${from} to ${to}`
  return z
    .string(expected)
    .trim()
    .refine((text) => /^\d{1,6}$/.test(text) && Number(text) >= from && Number(text) <= to, expected)
    .transform(Number)
}

/** Something that must be typed. */
export const Typed = z.string('expected something').trim().min(1, 'expected something').max(200)

/** Why, as a property to be passed on; none where nothing was said. The act itself says whether it must be. */
export const Reason = z
  .string()
  .default('')
  .transform((text): { readonly reason?: string } => (text.trim() === '' ? {} : { reason: text }))
