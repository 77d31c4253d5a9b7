import type { Figure } from './measure'

/** One file of this folder: what it measures, and how. Listed in `run.ts`. */
export interface Bench {
  /** The file's name without `.ts`; its results are `results/<name>.json`. */
  readonly name: string
  /** A sentence for the table: what is measured against what. */
  readonly title: string
  /** How many rounds make a figure, unless the caller says otherwise. */
  readonly rounds: number
  run(context: BenchContext): Promise<readonly Figure[]>
}

export interface BenchContext {
  /** Servers with nothing in them, which keep what they acknowledge as in production. */
  readonly redisUrl: string
  readonly databaseUrl: string
  readonly rounds: number
  /** Whatever is random follows from it. */
  readonly seed: number
  readonly signal: AbortSignal
}
