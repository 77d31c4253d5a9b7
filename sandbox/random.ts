/** Chance that is the same every time: a number from 0 up to 1 for each seed, index and purpose. Needs no memory. */
export type Chance = (index: number, purpose: string) => number

export function chanceOf(seed: string): Chance {
  const start = hash(seed, 0x811c9dc5)
  return (index, purpose) =>
    mixed(hash(purpose, start ^ mixed(index >>> 0)) ^ Math.floor(index / 2 ** 32)) / 2 ** 32
}

/** FNV-1a, 32 bits. */
function hash(text: string, start: number): number {
  let value = start
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}

/** Spreads neighbouring numbers over all 32 bits (the finalizer of MurmurHash3). */
function mixed(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** One of several, by a chance from 0 up to 1. */
export function oneOf<T>(choices: readonly [T, ...T[]], chance: number): T {
  return choices[Math.floor(chance * choices.length)] ?? choices[0]
}
