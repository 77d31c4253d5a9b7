import type { Chance } from '../random'

/** What one thing did on one day. All whole numbers, so that sums are exact. */
export interface Figures {
  readonly impressions: number
  readonly clicks: number
  readonly interactions: number
  readonly costMicros: number
  /** Hundredths of a conversion: attribution shares them out. */
  readonly conversions: number
  /** Cents. */
  readonly conversionsValue: number
  readonly allConversions: number
  readonly viewThrough: number
}

export const nothing: Figures = {
  impressions: 0,
  clicks: 0,
  interactions: 0,
  costMicros: 0,
  conversions: 0,
  conversionsValue: 0,
  allConversions: 0,
  viewThrough: 0,
}

const names = Object.keys(nothing) as (keyof Figures)[]

export const plus = (a: Figures, b: Figures): Figures =>
  Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as Figures

/** Conversions arrive for this many days after the click; the days of an account settle within them. */
const conversionWindow = 29

/**
 * The figures of a leaf on a day, as Google tells them when the day began `age` days ago. They grow while the day lasts;
 * then invalid clicks are taken back, of some days everything, and conversions keep arriving.
 */
export function figuresOf(chance: Chance, leaf: number, day: number, age: number): Figures {
  if (age < 0) return nothing
  // One hash per day, for a large customer has a million of them; what follows is drawn from it in a fixed order.
  const draw = draws(chance(day * 100_000 + leaf, 'day'))
  const [quiet, withdrawn, invalid, shown, rate, price, value] = Array.from({ length: 7 }, draw) as Fate
  if (quiet < 0.08 || (age > 2 && withdrawn < 0.04)) return nothing
  const over = Math.min(1, age)
  const ofDay = 40 + Math.floor(shown * 600)
  const impressions = Math.floor(ofDay * over)
  const clicked = Math.floor(ofDay * (0.02 + rate * 0.06) * over)
  const clicks = age > 2 && invalid < 0.3 ? Math.max(0, clicked - 1) : clicked
  const converted = arrived(draw, clicks, age)
  return {
    impressions,
    clicks,
    interactions: clicks + Math.floor(draw() * 3 * over),
    costMicros: clicks * (400_000 + Math.floor(price * 4_000_000)),
    conversions: converted * 50,
    conversionsValue: converted * Math.floor(value * 20_000),
    allConversions: converted * 75,
    viewThrough: Math.floor(draw() * 4 * over),
  }
}

type Fate = [number, number, number, number, number, number, number]

/** Mulberry32: numbers from 0 up to 1, the same after the same first one. */
function draws(first: number): () => number {
  let state = Math.floor(first * 2 ** 32)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How many of the clicks have led to something by now. Most do so soon, some after weeks. */
function arrived(draw: () => number, clicks: number, age: number): number {
  let count = 0
  for (let at = 0; at < 6; at += 1) {
    const isSale = draw() < 0.3
    const after = draw() ** 2 * conversionWindow
    if (at < clicks && isSale && age >= after) count += 1
  }
  return count
}
