import type { FaultInput } from '../../../sandbox'
import { chanceOf, oneOf } from '../../../sandbox/random'
import { AttemptInterruptedError } from '../../../src/job/errors'
import { days, hours } from '../../../src/lib/durations'
import { freezing, hearing } from './cut'
import { untilSettled } from './drive'
import type { HeldAccount, JobEngine, SyncNow } from './job-engine'
import type { JobWorker } from './job-worker'
import type { TestWorld } from './test-world'

/** What came of a week, so that a test can see that enough went wrong in it. */
export interface Week {
  /** How many syncs ended in which state; `skipped` where the vendor had asked the account to wait. */
  readonly ends: Readonly<Record<string, number>>
  /** Faults that have struck as often as they were to. */
  readonly struck: number
  /** Attempts whose worker died, and which another one made good. */
  readonly killed: number
  /** Attempts whose worker was stopped, as by a deploy. */
  readonly stopped: number
}

/** A number from 0 up to 1 for each throw: the same ones for the same seed. */
type Dice = () => number

/** What any vendor does on a bad day. Each strikes whatever a sync happens to ask for. */
const badDays: readonly [FaultInput, ...FaultInput[]] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, retryAfter: 2 },
  { kind: 'status', status: 429, retryAfter: 900 },
  { kind: 'status', status: 429 },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'truncated' },
  { kind: 'html' },
  { kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' },
]

/**
 * Seven days, from the first load on. Every few hours each account has one sync, whatever comes of it: the vendor answers
 * wrongly, workers die and are stopped between two pages, dead letters are left lying. Nothing is mended, and nothing may be
 * parked by what passes.
 */
export async function liveThroughWeek(world: TestWorld, seed: string): Promise<Week> {
  const { engine, accounts } = world
  const workers = [world.worker, world.newWorker()] as const
  const dice = diceOf(`${seed} ${engine.job.id}`)
  const end = engine.clock.now().getTime() + days(7)
  const ends: Record<string, number> = {}
  const week = { struck: 0, killed: 0, stopped: 0 }
  for (let round = 0; engine.clock.now().getTime() < end; round += 1) {
    for (const [index, account] of accounts.entries()) {
      const added = addFaults(world, dice)
      const settled = await syncOnABadDay(world, account, workers, { turn: round + index, dice })
      week.struck += added - world.world.sandbox.faults.pending
      world.world.sandbox.faults.clear()
      ends[settled?.state ?? 'skipped'] = (ends[settled?.state ?? 'skipped'] ?? 0) + 1
      week.killed += settled?.crashes ?? 0
      week.stopped += settled?.interruptions ?? 0
      const parked = await engine.parked(account)
      if (parked)
        throw new Error(`the ${parked} is parked: ${settled?.error_code}: ${settled?.error_message}`)
    }
    await engine.clock.advance(hours(8) + Math.floor(dice() * hours(12)))
  }
  return { ...week, ends }
}

/** Mostly one fault, often several or none. Four strikes outlast the tries that a worker makes by itself. */
function addFaults({ world: { sandbox, expireTokens } }: TestWorld, dice: Dice): number {
  const count = Math.floor(dice() * 4)
  for (let added = 0; added < count; added += 1) {
    const skip = Math.floor(dice() ** 3 * 12)
    sandbox.faults.add({ ...oneOf(badDays, dice()), skip, times: 1 + Math.floor(dice() * 4) })
  }
  if (dice() < 0.2) expireTokens?.()
  return count
}

interface Luck {
  readonly turn: number
  readonly dice: Dice
}

/** One sync to whatever it comes to; undefined where the account was skipped. */
async function syncOnABadDay(
  { engine }: TestWorld,
  account: HeldAccount,
  [first, second]: readonly [JobWorker, JobWorker],
  { turn, dice }: Luck,
): Promise<SyncNow | undefined> {
  const [worker, other] = dice() < 0.5 ? [first, second] : [second, first]
  const pages = 1 + Math.floor(dice() * 3)
  const syncId = await engine.plan(account)
  if (syncId === undefined) return undefined
  if (turn % 4 === 1) return stoppedAfter(pages, { engine, worker, syncId })
  if (turn % 4 !== 3) return untilSettled(engine, worker, syncId)
  const { through, frozen, wake } = freezing(pages)
  // It settles by itself where it comes to fewer pages.
  const dying = untilSettled(engine, worker, syncId, () => ({ through }))
  await Promise.race([frozen, dying])
  const settled = await untilSettled(engine, other, syncId).finally(wake)
  await dying
  return settled
}

interface Started {
  readonly engine: JobEngine
  readonly worker: JobWorker
  readonly syncId: string
}

/** Stopped once, when so many pages are written over all its attempts, and gone on with. */
async function stoppedAfter(pages: number, { engine, worker, syncId }: Started): Promise<SyncNow> {
  const stop = new AbortController()
  let written = 0
  const through = hearing(() => {
    written += 1
    if (written === pages) stop.abort(new AttemptInterruptedError('stopping'))
  })
  return untilSettled(engine, worker, syncId, () =>
    stop.signal.aborted ? {} : { through, signal: stop.signal },
  )
}

function diceOf(seed: string): Dice {
  const chance = chanceOf(seed)
  let thrown = 0
  return () => chance((thrown += 1), 'a week')
}
