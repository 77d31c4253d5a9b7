import { type BreakerName, countFailure, forgetFailures, openBreaker } from '../../ledger/gates/breakers'
import { closeIncident, openIncident } from '../../ledger/gates/incidents'
import { park, type ParkedScope, unparkTried } from '../../ledger/gates/parking'
import { holdFence } from '../../ledger/work/fences'
import type { ErrorFacts } from '../../ledger/work/sync-states'
import { inWords } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import type { Claim } from '../attempt/claim-sync'
import type { Conclusion } from '../attempt/conclude-attempt'
import { giveBack, settleAttempt } from '../attempt/settle-attempt'
import { type BreakerRules, decideBreaker } from './breaker'
import type { GateChange } from './gates'
import { type ProbeTimes, probePause } from './probe-pause'

const idOf = (scope: ParkedScope, { account }: Pick<Claim, 'account'>): string =>
  scope === 'credential' ? account.credentialId : account.id

/**
 * Parks the credential or account that the vendor refused. The one sync that found it becomes a dead letter; those that were
 * under way beside it, and those that try it again in vain, end as skipped. What was changed since the attempt began gets its
 * chance: the sync tries again with what it is now.
 */
export async function concludeRefusal(
  sql: Sql,
  claim: Claim,
  scope: ParkedScope,
  error: ErrorFacts,
  times: ProbeTimes,
): Promise<Conclusion> {
  const { sync, account, fence } = claim
  const id = idOf(scope, claim)
  const revision = scope === 'credential' ? account.credentialRevision : account.revision
  // The credential's lock comes before the account's. A fence that turns out lost rolls the parking back.
  if (scope === 'account') await holdFence(sql, account.id, fence, 'change')
  const parking = await park(sql, scope, { id, revision, syncId: sync.id, reason: error.message }, (inVain) =>
    probePause(times, inVain),
  )
  if (parking.kind === 'stale')
    return giveBack(sql, claim, 'waits', { reason: `the ${scope} was changed meanwhile`, after: 0, error })
  const isNew = parking.kind === 'parked'
  await openIncident(sql, {
    kind: `${scope}-parked`,
    subject: `${scope} ${id}`,
    job: sync.job,
    message: refusalInWords(scope, claim, error),
    ...(isNew ? { details: { sync: sync.id, code: error.code } } : {}),
  })
  if (isNew) {
    const conclusion = await settleAttempt(sql, claim, 'failed', { error })
    return { ...conclusion, gates: [{ change: 'parked', scope, id }] }
  }
  const reason = parking.isProbe ? `${parking.told}; tried again in vain: ${error.message}` : parking.told
  return settleAttempt(sql, claim, 'skipped', { reason, error })
}

const refusalInWords = (scope: ParkedScope, { account }: Claim, { message }: ErrorFacts): string =>
  scope === 'credential'
    ? `credential ${account.credentialId} is parked with all its accounts: ${message}; it is tried again by itself, and \`syncfleet credentials set ${account.credentialId}\` un-parks it at once`
    : `account ${account.externalId} of ${account.clientId} is parked: ${message}; it is tried again by itself, and importing it anew un-parks it at once`

/** Un-parks what the attempt was let through to try, because it went well. */
export async function resumeTried(sql: Sql, claim: Claim): Promise<GateChange[]> {
  const changes: GateChange[] = []
  // The credential comes first, as its lock must.
  for (const { scope } of claim.account.parked) {
    const id = idOf(scope, claim)
    if (scope === 'account') await holdFence(sql, id, claim.fence, 'change')
    if (!(await unparkTried(sql, scope, id, claim.sync.id))) continue
    await closeIncident(
      sql,
      { kind: `${scope}-parked`, subject: `${scope} ${id}` },
      `sync ${claim.sync.id} tried it and went well`,
    )
    changes.push({ change: 'resumed', scope, id })
  }
  return changes
}

/** Forgets the failures that were counted of the account and its credential, because an attempt went well. */
export async function closeBreakers(sql: Sql, claim: Claim): Promise<GateChange[]> {
  const { id: accountId, credentialId } = claim.account
  return breakersClosed(sql, await forgetFailures(sql, { accountId, credentialId }))
}

/** Ends the incidents of circuit breakers that have just been closed. */
export async function breakersClosed(sql: Sql, closed: readonly BreakerName[]): Promise<GateChange[]> {
  for (const { scope, subject } of closed)
    await closeIncident(sql, { kind: 'breaker-open', subject: `${scope} ${subject}` }, 'a sync went well')
  return closed.map(({ scope, subject: id }) => ({ change: 'breaker-closed', scope, id }))
}

/** Counts a failure of the vendor's against the account and its credential, and opens the breakers for which it was one too many. */
export async function countAgainstBreakers(
  sql: Sql,
  { sync, account }: Claim,
  error: ErrorFacts,
  rules: BreakerRules,
): Promise<GateChange[]> {
  const changes: GateChange[] = []
  const breakers = await countFailure(
    sql,
    { accountId: account.id, credentialId: account.credentialId },
    error,
  )
  for (const breaker of breakers) {
    const decision = decideBreaker(rules, breaker, sync.id)
    if (decision.kind === 'stay') continue
    const { scope, subject: id, failures, accounts } = breaker
    await openBreaker(sql, breaker, decision.probeAfter)
    await openIncident(sql, {
      kind: 'breaker-open',
      subject: `${scope} ${id}`,
      job: sync.job,
      message:
        `circuit breaker of ${scope === 'credential' ? `credential ${id}` : `account ${account.externalId} of ${account.clientId}`} is open after ${failures} failures in a row` +
        `${scope === 'credential' ? ` of ${accounts} accounts` : ''}, the last one ${error.code}: ${error.message}; ` +
        `one sync is let through in ${inWords(decision.probeAfter)}, and it closes by itself when that one goes well`,
      details: { failures, accounts },
    })
    if (!decision.again) changes.push({ change: 'breaker-opened', scope, id })
  }
  return changes
}
