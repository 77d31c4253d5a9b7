import { median } from '../measure'
import type { Finding } from './campaign'
import { addUp, type Counts } from './counts'
import type { Recovered } from './fault'

/** A number over all strikes of a kind. */
export interface Spread {
  readonly median: number
  readonly worst: number
  readonly total: number
}

/** When and how a row was made. */
export interface Origin {
  readonly at: string
  /** With the options it was given. */
  readonly command: string
  readonly seed: number
}

/** What came of one kind of fault, as it is kept. */
export interface FaultResult extends Origin {
  readonly kind: string
  readonly title: string
  readonly recovery: string
  readonly wanted: number
  readonly struck: number
  readonly recovered: number
  readonly medianSeconds: number | null
  readonly worstSeconds: number | null
  readonly targetSeconds: number | null
  readonly isTargetMet: boolean | null
  readonly lost: Counts
  readonly doubled: Counts
  readonly stuck: readonly string[]
  /** False where a fleet was not lived to its end, so that nobody knows what was lost. */
  readonly isJudged: boolean
  readonly failures: readonly string[]
  readonly witnessed: Counts
  readonly notes: Readonly<Record<string, Spread>>
  /** Of each strike that was recovered from. */
  readonly seconds: readonly number[]
}

export function resultOf(
  { fault, wanted, recovered, failures, verdict }: Finding,
  origin: Origin,
): FaultResult {
  const seconds = recovered.map((strike) => rounded(strike.seconds))
  const middle = seconds.length > 0 ? rounded(median(seconds)) : null
  const { kind, title, recovery, target = null } = fault
  return {
    ...origin,
    kind,
    title,
    recovery,
    wanted,
    struck: recovered.length + failures.length,
    recovered: recovered.length,
    medianSeconds: middle,
    worstSeconds: seconds.length > 0 ? Math.max(...seconds) : null,
    targetSeconds: target,
    isTargetMet: target === null || middle === null ? null : middle <= target,
    lost: verdict?.lost ?? {},
    doubled: verdict?.doubled ?? {},
    stuck: verdict?.stuck ?? [],
    isJudged: verdict !== undefined,
    failures,
    witnessed: verdict?.witnessed ?? {},
    notes: notesOf(recovered),
    seconds,
  }
}

/** All kinds together. */
export const totalOf = (results: readonly FaultResult[], what: 'lost' | 'doubled' | 'witnessed'): Counts =>
  results.reduce<Counts>((sum, result) => addUp(sum, result[what]), {})

function notesOf(recovered: readonly Recovered[]): Record<string, Spread> {
  const values = new Map<string, number[]>()
  for (const { notes = {} } of recovered)
    for (const [name, value] of Object.entries(notes)) values.set(name, [...(values.get(name) ?? []), value])
  return Object.fromEntries([...values].map(([name, of]) => [name, spreadOf(of)]))
}

const spreadOf = (values: readonly number[]): Spread => ({
  median: rounded(median(values)),
  worst: rounded(Math.max(...values)),
  total: rounded(values.reduce((sum, value) => sum + value, 0)),
})

/** To a tenth: a second run would not repeat more. */
const rounded = (value: number): number => Math.round(value * 10) / 10
