import { inWords } from '../lib/durations'
import type { Job } from '../job/define-job'

/** What becomes of a slot whose tick was picked up `late` milliseconds after it was due. */
export type SlotDecision =
  { readonly state: 'run' } | { readonly state: 'off' | 'expired'; readonly reason: string }

export function decideSlot(job: Job, late: number): SlotDecision {
  if (job.effective.mode === 'off') return { state: 'off', reason: offReason }
  if (late > job.startWithin) {
    return {
      state: 'expired',
      reason: `picked up ${inWords(late)} late; it may start within ${inWords(job.startWithin)}`,
    }
  }
  return { state: 'run' }
}

/** Why a job is off, for slots and lists. */
export const offReason = 'switched off by configuration'

/** A due slot that has no tick any more, and the first full run of its job that started later, if any. */
export interface MissedSlot {
  readonly id: string
  readonly dueAt: Date
  readonly late: number
  readonly coveredBy?: string
}

export interface MissedDecision {
  readonly slotId: string
  readonly dueAt: Date
  /** `catch-up`: start a run for it. `later`: its turn comes when that run is settled. Else the reason why it stays missed. */
  readonly outcome: 'catch-up' | 'later' | { readonly state: 'missed' | 'off'; readonly reason: string }
}

/** Slots that `run-all` starts runs for, one after the other; older ones stay missed. */
const runAllAtMost = 10

/** Applies the job's missed-slot policy to slots nobody ran, given oldest first. */
export function decideMissed(job: Job, slots: readonly MissedSlot[]): MissedDecision[] {
  const { mode, missed } = job.effective
  const decide = (slot: MissedSlot, outcome: MissedDecision['outcome']): MissedDecision => ({
    slotId: slot.id,
    dueAt: slot.dueAt,
    outcome,
  })
  const leave = (slot: MissedSlot, reason: string) =>
    decide(slot, { state: 'missed', reason: `no worker; ${reason}` })

  if (mode === 'off') return slots.map((slot) => decide(slot, { state: 'off', reason: offReason }))
  const isCovered = ({ coveredBy }: MissedSlot) => missed !== 'run-all' && coveredBy !== undefined
  const eligible = slots.filter((slot) => !isCovered(slot) && slot.late <= job.startWithin)
  const turns =
    missed === 'skip' ? [] : missed === 'run-once' ? eligible.slice(0, 1) : eligible.slice(-runAllAtMost)
  return slots.map((slot) => {
    if (slot === turns[0]) return decide(slot, 'catch-up')
    if (turns.includes(slot)) return decide(slot, 'later')
    if (isCovered(slot)) return leave(slot, `run ${slot.coveredBy} started later and covers it`)
    if (slot.late > job.startWithin) {
      return leave(slot, `${inWords(slot.late)} late, and caught up within ${inWords(job.startWithin)} only`)
    }
    if (missed === 'skip') return leave(slot, 'the policy is to skip')
    if (missed === 'run-all') return leave(slot, `only the last ${runAllAtMost} are run`)
    return leave(slot, `the catch-up of ${turns[0]?.dueAt.toISOString()} covers it`)
  })
}
