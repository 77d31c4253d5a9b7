import { hours, minutes } from '../../lib/durations'
import type { RunEvents, SyncFacts } from '../../telemetry/events'
import { type BreakerRules, breakerRules } from './breaker'
import type { ProbeTimes } from './probe-pause'

/** When what keeps accounts out is shut, and when it is tried again by itself. */
export interface GateRules {
  readonly breakers: BreakerRules
  /** Of credentials and accounts that are parked. */
  readonly parked: ProbeTimes
}

export const gateRules: GateRules = {
  breakers: breakerRules,
  parked: { first: minutes(15), longest: hours(6) },
}

/** A gate that an attempt's end shut or opened. The accounts behind it are those of the credential, or the one account. */
export interface GateChange {
  readonly change: 'parked' | 'resumed' | 'breaker-opened' | 'breaker-closed'
  readonly scope: 'credential' | 'account'
  readonly id: string
}

/** Tells of a gate once, when it changes. */
export function tellGate(events: RunEvents, facts: SyncFacts, { change, scope, id }: GateChange): void {
  const credential = { ...facts, credentialId: id }
  switch (change) {
    case 'parked':
      return scope === 'credential' ? events.credentialParked(credential) : events.accountParked(facts)
    case 'resumed':
      return scope === 'credential' ? events.credentialResumed(credential) : events.accountResumed(facts)
    case 'breaker-opened':
      return events.breakerOpened({ ...facts, scope, subject: id })
    case 'breaker-closed':
      return events.breakerClosed({ ...facts, scope, subject: id })
  }
}
