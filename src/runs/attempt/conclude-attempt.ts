import type { SyncError } from '../../job/errors'
import { restWindow } from '../../ledger/backfills/backfill-windows'
import { openIncident } from '../../ledger/gates/incidents'
import { restAccount } from '../../ledger/gates/parking'
import type { Database } from '../../ledger/postgres/database'
import type { AttemptOutcome } from '../../ledger/work/attempts'
import { holdFence } from '../../ledger/work/fences'
import type { Run } from '../../ledger/work/runs'
import type { ErrorFacts } from '../../ledger/work/sync-states'
import type { SyncState } from '../../ledger/work/syncs'
import { inWords } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import { concludeCancelled } from '../cancel/conclude-cancelled'
import { countsForBreakers } from '../gates/breaker'
import { closeBreakers, concludeRefusal, countAgainstBreakers, resumeTried } from '../gates/conclude-gates'
import { type GateChange, type GateRules, gateRules } from '../gates/gates'
import type { Claim } from './claim-sync'
import { isolationIncident } from './isolation'
import { wayMade } from './live-work'
import type { Outcome } from './outcome'
import { giveBack, settleAttempt } from './settle-attempt'

/** How an attempt ended: well, cut short, or with an error and what was decided about it. */
export type End =
  | { readonly kind: 'ok' }
  | { readonly kind: 'handed-back' }
  /** A backfill that lets live work go first. */
  | { readonly kind: 'made-way' }
  /** Somebody cancelled the sync. */
  | { readonly kind: 'cancelled' }
  /** The sync may bring its worker down: it is to be tried alone, after so many milliseconds. */
  | { readonly kind: 'isolated'; readonly after: number }
  | { readonly kind: 'failed'; readonly error: SyncError; readonly outcome: Outcome }

/** What the ledger says after an attempt. */
export interface Conclusion {
  /** The sync's state, settled or waiting. */
  readonly state: SyncState
  readonly outcome: AttemptOutcome
  /** Present where this was the run's last open sync. */
  readonly settledRun?: Run
  /** What this end shut or opened. */
  readonly gates?: readonly GateChange[]
}

/**
 * Writes an attempt's end into the ledger, in one transaction under the attempt's fence.
 * Throws FenceLostError where another attempt has the account by now: then this end does not count.
 */
export async function concludeAttempt(
  database: Database,
  claim: Claim,
  end: End,
  rules: GateRules = gateRules,
): Promise<Conclusion> {
  return database.transaction(async (sql) => {
    if (end.kind === 'ok') return opening(sql, claim, () => settleAttempt(sql, claim, 'ok', {}))
    if (end.kind === 'handed-back') {
      return giveBack(sql, claim, 'interruptions', { reason: 'handed back by a stopping worker', after: 0 })
    }
    if (end.kind === 'made-way') {
      return giveBack(sql, claim, 'waits', {
        reason: 'makes way for live work',
        after: wayMade,
        waitsFor: 'live work',
      })
    }
    if (end.kind === 'cancelled') return concludeCancelled(sql, claim)
    if (end.kind === 'isolated') {
      const incident = isolationIncident(claim.sync)
      await openIncident(sql, incident)
      return giveBack(sql, claim, 'waits', {
        reason: incident.message,
        after: end.after,
        waitsFor: 'isolation',
      })
    }
    return concludeFailure(sql, claim, end.error, end.outcome, rules)
  })
}

/** What an attempt that the vendor has served opens again. */
async function opening(sql: Sql, claim: Claim, settle: () => Promise<Conclusion>): Promise<Conclusion> {
  const resumed = await resumeTried(sql, claim)
  const conclusion = await settle()
  return { ...conclusion, gates: [...resumed, ...(await closeBreakers(sql, claim))] }
}

async function concludeFailure(
  sql: Sql,
  claim: Claim,
  thrown: SyncError,
  outcome: Outcome,
  rules: GateRules,
): Promise<Conclusion> {
  if (!countsForBreakers(thrown)) return concludeBy(sql, claim, thrown, outcome, rules)
  const error = factsOf(thrown)
  const conclusion = isTryOfBreaker(claim)
    ? await settleAttempt(sql, claim, 'skipped', {
        reason: `its circuit breaker is open, and was tried in vain: ${thrown.message}`,
        error,
      })
    : await concludeBy(sql, claim, thrown, outcome, rules)
  const gates = await countAgainstBreakers(sql, claim, error, rules.breakers)
  return gates.length === 0 ? conclusion : { ...conclusion, gates }
}

/** It was started for that alone, and the next one is started when it is time: no dead letter is made of each. */
const isTryOfBreaker = ({ account, sync }: Claim): boolean => account.isBroken && sync.kind === 'follow-up'

const factsOf = ({ errorClass, code, message }: SyncError): ErrorFacts => ({ errorClass, code, message })

async function concludeBy(
  sql: Sql,
  claim: Claim,
  thrown: SyncError,
  outcome: Outcome,
  rules: GateRules,
): Promise<Conclusion> {
  const error = factsOf(thrown)
  switch (outcome.kind) {
    case 'retry':
      return giveBack(sql, claim, 'failures', {
        reason: 'backing off after a failure',
        after: outcome.after,
        waitsFor: 'backoff',
        error,
      })
    case 'wait':
      return giveBack(sql, claim, 'waits', {
        reason: thrown.errorClass === 'storage' ? 'waiting for Postgres or Redis' : 'waiting for vendor',
        namesEnd: true,
        after: outcome.after,
        waitsFor: thrown.errorClass === 'storage' ? 'stores' : 'vendor',
        error,
      })
    case 'defer':
      return rest(sql, claim, 'deferred', outcome.after, error)
    case 'partial':
      return opening(sql, claim, () => rest(sql, claim, 'partial', outcome.after, error))
    case 'dead':
      return settleAttempt(sql, claim, 'failed', { error })
    case 'give-up':
      return settleAttempt(sql, claim, 'failed', { error: factsOf(outcome.error) })
    case 'park':
      return concludeRefusal(sql, claim, outcome.what, error, rules.parked)
  }
}

/** The account rests until the vendor's wait is over; a run after that takes it up again. */
async function rest(
  sql: Sql,
  claim: Claim,
  state: 'deferred' | 'partial',
  after: number,
  error: ErrorFacts,
): Promise<Conclusion> {
  await holdFence(sql, claim.account.id, claim.fence, 'change')
  // What a backfill has to wait for is no reason to keep live syncs waiting.
  if (claim.backfill) await restWindow(sql, claim.sync.id, after)
  else await restAccount(sql, claim.account.id, after)
  return settleAttempt(sql, claim, state, {
    reason: `${error.message}; the ${claim.backfill ? 'backfill' : 'account'} rests for ${inWords(after)}`,
    error,
  })
}
