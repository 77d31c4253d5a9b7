/** One of several ways that are measured side by side. */
export interface Contender {
  readonly name: string
  /** Makes the ground before each round; not timed. */
  readonly prepare?: () => Promise<void>
  /** Does it once, and says how many of the bench's units that were. */
  readonly perform: () => Promise<number>
}

/** A number that a bench found, and how it compares with a yardstick. */
export interface Figure {
  readonly name: string
  /** What the numbers count, such as `rows/s`. */
  readonly unit: string
  readonly median: number
  /** One per round. */
  readonly samples: readonly number[]
  readonly against?: Comparison
  /** Of the ratio where there is one, else of the median. */
  readonly target?: Target
}

/** The same rounds beside their yardstick. */
export interface Comparison {
  readonly yardstick: string
  /** The median of the rounds' ratios: what slows a whole round down leaves it alone. */
  readonly ratio: number
  readonly ratios: readonly number[]
}

/** What a number must reach, or must not pass. */
export type Target = { readonly atLeast: number } | { readonly atMost: number }

/** A figure that has no yardstick. */
export const figureOf = (
  name: string,
  unit: string,
  samples: readonly number[],
  target?: Target,
): Figure => ({
  name,
  unit,
  median: median(samples),
  samples,
  ...(target ? { target } : {}),
})

/** The numbers of all contenders, one per round. */
export class Rounds {
  readonly #samples: ReadonlyMap<string, readonly number[]>
  readonly #unit: string

  constructor(unit: string, samples: ReadonlyMap<string, readonly number[]>) {
    this.#unit = unit
    this.#samples = samples
  }

  figure(name: string): Figure {
    return figureOf(name, this.#unit, this.#of(name))
  }

  ratio(name: string, yardstick: string, target?: Target): Figure {
    const base = this.#of(yardstick)
    const ratios = this.#of(name).map((sample, round) => sample / (base[round] ?? Number.NaN))
    return {
      ...figureOf(name, this.#unit, this.#of(name), target),
      against: { yardstick, ratio: median(ratios), ratios },
    }
  }

  #of(name: string): readonly number[] {
    const samples = this.#samples.get(name)
    if (!samples) throw new Error(`nobody measured ${name}`)
    return samples
  }
}

/**
 * Units per second of each contender. Every round has all of them, the order turned round from one to the next, so that
 * what the machine does meanwhile meets all alike. Rounds before the first are played to warm up, and not counted.
 */
export async function alternate(
  unit: string,
  contenders: readonly Contender[],
  { rounds, warmUps = 1, signal }: { rounds: number; warmUps?: number; signal: AbortSignal },
): Promise<Rounds> {
  const samples = new Map(contenders.map(({ name }): [string, number[]] => [name, []]))
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const { name, prepare, perform } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      signal.throwIfAborted()
      await prepare?.()
      const startedAt = performance.now()
      const units = await perform()
      const seconds = (performance.now() - startedAt) / 1000
      if (round >= 0) samples.get(name)?.push(units / seconds)
    }
  }
  return new Rounds(unit, samples)
}

/** Whether a figure is what it should be; undefined where nothing was asked of it. */
export function isMet({ target, against, median: found }: Figure): boolean | undefined {
  if (!target) return undefined
  const judged = against?.ratio ?? found
  return 'atLeast' in target ? judged >= target.atLeast : judged <= target.atMost
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** The value below which this share of the values lies: the nearest of them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
