import type { SyncError } from '../../job/errors'
import type { Breaker } from '../../ledger/gates/breakers'
import { minutes } from '../../lib/durations'
import { type ProbeTimes, probePause } from './probe-pause'

/** When a circuit breaker opens, and when it lets a sync through to see whether it may close. */
export interface BreakerRules {
  /** Failures in a row of one account. */
  readonly accountFailures: number
  /** Failures in a row of a credential's accounts, taken together. */
  readonly credentialFailures: number
  /** Of at least so many accounts: fewer have breakers of their own. */
  readonly credentialAccounts: number
  readonly probes: ProbeTimes
}

export const breakerRules: BreakerRules = {
  accountFailures: 5,
  credentialFailures: 10,
  credentialAccounts: 3,
  probes: { first: minutes(1), longest: minutes(30) },
}

/** What a failure does to a breaker that it was counted in. */
export type BreakerDecision =
  | { readonly kind: 'stay' }
  /** Nobody passes for so many milliseconds; then one sync does. `again` where that one has failed. */
  | { readonly kind: 'open'; readonly again: boolean; readonly probeAfter: number }

/** True for failures that say that the vendor is in trouble, and that asking again at once makes it worse. */
export const countsForBreakers = ({ errorClass, code }: Pick<SyncError, 'errorClass' | 'code'>): boolean =>
  (errorClass === 'transient' || errorClass === 'vendor-down') && !sparedCodes.has(code)

/** A run that took too long and a position that has aged say nothing of the vendor. */
const sparedCodes: ReadonlySet<string> = new Set(['run_deadline', 'position_refused'])

/** Decides by a breaker's count, which holds the failure of this sync already. */
export function decideBreaker(rules: BreakerRules, breaker: Breaker, syncId: string): BreakerDecision {
  const { failures, isOpen, openings, probingSync } = breaker
  // Syncs that were under way when it opened fail one after the other: that is no news.
  if (isOpen && probingSync !== syncId) return { kind: 'stay' }
  if (!isOpen && !isDue(rules, breaker, failures)) return { kind: 'stay' }
  return { kind: 'open', again: isOpen, probeAfter: probePause(rules.probes, openings) }
}

const isDue = (rules: BreakerRules, { scope, accounts }: Breaker, failures: number): boolean =>
  scope === 'account'
    ? failures >= rules.accountFailures
    : failures >= rules.credentialFailures && accounts >= rules.credentialAccounts
