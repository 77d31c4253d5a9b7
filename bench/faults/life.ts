import { wait } from '../../src/lib/wait'
import { describeOpen } from './describe-open'
import { type Fault, NotRecoveredError, type Recovered } from './fault'
import { judge, type Verdict } from './judge'
import { World, type WorldOptions } from './world'

/** A strike, and what came of it. */
export interface Outcome {
  readonly fault: Fault
  /** Absent where it was not recovered from. */
  readonly recovered?: Recovered
  /** What was stuck then, in words. */
  readonly failure?: string
}

/** One fleet from its start to its verdict. */
export interface Life {
  readonly outcomes: readonly Outcome[]
  /** Absent where it was not lived to its end. */
  readonly verdict?: Verdict
}

export interface LifeOptions extends Omit<WorldOptions, 'redis'> {
  /** Hears of each outcome as it comes. */
  readonly tell: (outcome: Outcome, number: number) => void
}

/**
 * Starts a fleet, strikes it once for each of the faults, in order, and judges it. It ends early where it does not recover
 * from one, or the signal aborts. A fleet that cannot be started counts as not recovered from the first.
 */
export async function liveThrough(faults: readonly Fault[], options: LifeOptions): Promise<Life> {
  const { signal } = options
  const outcomes: Outcome[] = []
  const note = (outcome: Outcome): void => {
    outcomes.push(outcome)
    options.tell(outcome, outcomes.length)
  }
  try {
    await using world = await World.open({ ...options, redis: faults[0]?.redis ?? 'single' })
    await strikeAll(world, faults, note)
    if (!signal.aborted) return { outcomes, verdict: await judge(world) }
  } catch (error) {
    const fault = outcomes.at(-1)?.fault ?? faults[0]
    if (!signal.aborted && fault) note({ fault, failure: messageOf(error) })
  }
  return { outcomes }
}

async function strikeAll(
  world: World,
  faults: readonly Fault[],
  note: (outcome: Outcome) => void,
): Promise<void> {
  const { signal } = world
  const underWay: Promise<void>[] = []
  let isWell = true
  for (const [index, fault] of faults.entries()) {
    const struck = strike(world, fault).then((outcome) => {
      isWell &&= outcome.failure === undefined
      if (!signal.aborted) note(outcome)
      return undefined
    })
    underWay.push(struck)
    const mayOverlap = fault.overlap !== undefined && faults[index + 1] === fault
    await (mayOverlap ? wait(fault.overlap, signal).catch(() => undefined) : Promise.all(underWay))
    if (!isWell || signal.aborted) break
  }
  await Promise.all(underWay)
}

async function strike(world: World, fault: Fault): Promise<Outcome> {
  try {
    const { recovered } = await fault.strike(world)
    return { fault, recovered: await recovered }
  } catch (error) {
    return { fault, failure: await inWords(world, error) }
  }
}

/** What did not recover, and how everything that is open stands. */
async function inWords(world: World, error: unknown): Promise<string> {
  if (!(error instanceof NotRecoveredError)) return messageOf(error)
  const open = await world
    .now()
    .then(async (now) => describeOpen(world, new Date(now)))
    .catch(() => ['Postgres does not answer'])
  return [error.message, ...open].join('; ')
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
