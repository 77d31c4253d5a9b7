import type { Job } from '../../job/define-job'
import { inWords, seconds } from '../../lib/durations'
import { windowAt, windowsEndAfter } from '../../lib/week-windows'

/** A tick may be this late before the leader looks for it. */
export const tickPatience = seconds(15)

/** A due instant, and how many milliseconds later it is now. */
export interface LateSlot {
  readonly dueAt: Date
  readonly late: number
  /** The words of the pause that keeps it from running, if one does. */
  readonly paused?: string | null
}

/** What becomes of a slot whose tick was picked up. */
export type SlotDecision =
  | { readonly state: 'run' }
  /** Its tick is to come again after so many milliseconds; until then the slot stays due. */
  | { readonly state: 'wait'; readonly after: number }
  | { readonly state: 'off' | 'skipped' | 'paused' | 'expired'; readonly reason: string }

/** Decides a slot when its tick is picked up. */
export function decideSlot(job: Job, slot: LateSlot): SlotDecision {
  const excluded = excludedBy(job, slot.dueAt)
  if (job.effective.mode === 'off') return { state: 'off', reason: offReason }
  if (excluded !== undefined) return { state: 'skipped', reason: excluded }
  if (slot.paused) return { state: 'paused', reason: slot.paused }
  if (slot.late > job.startWithin) {
    return {
      state: 'expired',
      reason: `picked up ${inWords(slot.late)} late; it may start within ${inWords(job.startWithin)}`,
    }
  }
  const wait = waitForWindow(job, slot)
  if (wait.kind === 'too-long') return { state: 'expired', reason: `${wait.reason} by then` }
  return wait.after > 0 ? { state: 'wait', after: wait.after } : { state: 'run' }
}

/** Why a job is off, for slots and lists. */
export const offReason = 'switched off by configuration'

/** Why nothing that is due at an instant runs, where it lies in one of the job's windows. */
export function excludedBy({ effective: { excluded, timezone } }: Job, dueAt: Date): string | undefined {
  const window = windowAt(excluded, timezone, dueAt)
  return window && `excluded: ${window.text} ${timezone}`
}

type WindowWait =
  { readonly kind: 'wait'; readonly after: number } | { readonly kind: 'too-long'; readonly reason: string }

/** How long a late slot has to wait for the end of the window that it is in by now: not at all where it is in none. */
export function waitForWindow(job: Job, { dueAt, late }: LateSlot): WindowWait {
  const { excluded, timezone } = job.effective
  const now = new Date(dueAt.getTime() + late)
  const window = windowAt(excluded, timezone, now)
  if (!window) return { kind: 'wait', after: 0 }
  const free = windowsEndAfter(excluded, timezone, now)
  if (free && free.getTime() - dueAt.getTime() <= job.startWithin)
    return { kind: 'wait', after: free.getTime() - now.getTime() }
  return {
    kind: 'too-long',
    reason: `nothing starts within ${window.text} ${timezone}, and it would be more than ${inWords(job.startWithin)} late`,
  }
}

/** A due slot that has no tick any more, and the first full run of its job that started later, if any. */
export interface MissedSlot extends LateSlot {
  readonly id: string
  readonly coveredBy?: string
}

export interface MissedDecision {
  readonly slotId: string
  readonly dueAt: Date
  /**
   * `catch-up`: start a run for it. `later`: its turn comes when that run is settled, or when the window it is in is over.
   * Else the reason why there is none.
   */
  readonly outcome:
    | 'catch-up'
    | 'later'
    | { readonly state: 'missed' | 'skipped' | 'paused' | 'off'; readonly reason: string }
}

/** Slots that `run-all` starts runs for, one after the other; older ones stay missed. */
const runAllAtMost = 10

/** Applies the job's missed-slot policy to slots nobody ran, given oldest first. */
export function decideMissed(job: Job, slots: readonly MissedSlot[]): MissedDecision[] {
  const { mode, missed } = job.effective
  const isCovered = ({ coveredBy }: MissedSlot) => missed !== 'run-all' && coveredBy !== undefined
  const settled = new Map<MissedSlot, MissedDecision['outcome']>()
  const leave = (slot: MissedSlot, reason: string) =>
    settled.set(slot, { state: 'missed', reason: `no worker; ${reason}` })

  for (const slot of slots) {
    const excluded = excludedBy(job, slot.dueAt)
    const wait = waitForWindow(job, slot)
    if (mode === 'off') settled.set(slot, { state: 'off', reason: offReason })
    else if (excluded !== undefined) settled.set(slot, { state: 'skipped', reason: excluded })
    else if (slot.paused) settled.set(slot, { state: 'paused', reason: slot.paused })
    else if (isCovered(slot)) leave(slot, `run ${slot.coveredBy} started later and covers it`)
    else if (slot.late > job.startWithin)
      leave(slot, `${inWords(slot.late)} late, and caught up within ${inWords(job.startWithin)} only`)
    else if (missed === 'skip') leave(slot, 'the policy is to skip')
    else if (wait.kind === 'too-long') leave(slot, `${wait.reason} by then`)
  }

  const eligible = slots.filter((slot) => !settled.has(slot))
  const [first] = eligible
  if (first && isWaiting(job, first)) for (const slot of eligible) settled.set(slot, 'later')
  else if (missed === 'run-all') {
    const turns = eligible.slice(-runAllAtMost)
    for (const slot of eligible) {
      if (slot === turns[0]) settled.set(slot, 'catch-up')
      else if (turns.includes(slot)) settled.set(slot, 'later')
      else leave(slot, `only the last ${runAllAtMost} are run`)
    }
  } else {
    for (const slot of eligible) {
      if (slot === first) settled.set(slot, 'catch-up')
      else leave(slot, `the catch-up of ${first?.dueAt.toISOString()} covers it`)
    }
  }
  return slots.map((slot) => ({
    slotId: slot.id,
    dueAt: slot.dueAt,
    outcome: settled.get(slot) ?? 'later',
  }))
}

/** True inside a window: then no catch-up is started, and none is counted on either. */
function isWaiting(job: Job, slot: MissedSlot): boolean {
  const wait = waitForWindow(job, slot)
  return wait.kind === 'wait' && wait.after > 0
}
