import { inWords } from '../lib/durations'
import type { Job } from '../job/define-job'

/** What becomes of a slot whose tick was picked up `late` milliseconds after it was due. */
export type SlotDecision =
  { readonly state: 'run' } | { readonly state: 'off' | 'expired'; readonly reason: string }

export function decideSlot(job: Job, late: number): SlotDecision {
  if (job.effective.mode === 'off') return { state: 'off', reason: offReason(job) }
  if (late > job.startWithin) {
    return {
      state: 'expired',
      reason: `picked up ${inWords(late)} late; it may start within ${inWords(job.startWithin)}`,
    }
  }
  return { state: 'run' }
}

/** Why a job is off, for slots, lists and screens. */
export const offReason = (job: Job): string =>
  job.sync === 'unwritten' ? 'its sync is not written yet' : 'switched off by configuration'

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
  /** `catch-up`: start a run for it. Otherwise the reason why it stays missed. */
  readonly outcome: 'catch-up' | { readonly state: 'missed' | 'off'; readonly reason: string }
}

/** Slots that one catch-up of `run-all` may start runs for; older ones stay missed. */
const runAllAtMost = 10

/** Applies the job's missed-slot policy to slots nobody ran, given oldest first. */
export function decideMissed(job: Job, slots: readonly MissedSlot[]): MissedDecision[] {
  if (job.effective.mode === 'off') {
    return slots.map((slot) => leave(slot, 'off', offReason(job)))
  }
  const eligible = slots.filter((slot) => slot.coveredBy === undefined && slot.late <= job.startWithin)
  const caughtUp = new Set(catchUps(job, eligible).map(({ id }) => id))
  const [oldest] = eligible
  return slots.map((slot) => {
    if (caughtUp.has(slot.id)) return { slotId: slot.id, dueAt: slot.dueAt, outcome: 'catch-up' }
    if (slot.coveredBy !== undefined)
      return leave(slot, 'missed', `no worker; run ${slot.coveredBy} started later and covers it`)
    if (slot.late > job.startWithin) {
      return leave(
        slot,
        'missed',
        `no worker for ${inWords(slot.late)}; it is caught up within ${inWords(job.startWithin)} only`,
      )
    }
    if (job.effective.missed === 'skip') return leave(slot, 'missed', 'no worker; the policy is to skip')
    if (job.effective.missed === 'run-all')
      return leave(slot, 'missed', `no worker; only the last ${runAllAtMost} are run`)
    return leave(slot, 'missed', `no worker; the catch-up of ${oldest?.dueAt.toISOString()} covers it`)
  })
}

function catchUps(job: Job, eligible: readonly MissedSlot[]): readonly MissedSlot[] {
  switch (job.effective.missed) {
    case 'skip':
      return []
    case 'run-once':
      return eligible.slice(0, 1)
    case 'run-all':
      return eligible.slice(-runAllAtMost)
  }
}

const leave = (slot: MissedSlot, state: 'missed' | 'off', reason: string): MissedDecision => ({
  slotId: slot.id,
  dueAt: slot.dueAt,
  outcome: { state, reason },
})
