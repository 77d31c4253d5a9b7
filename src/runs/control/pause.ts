import { jobIds } from '../../job/define-job'
import { findClient, listClients } from '../../ledger/accounts/clients'
import { findAccount } from '../../ledger/accounts/accounts'
import { type ActedBy, recordAct } from '../../ledger/audit'
import {
  changePause,
  endPause,
  insertPause,
  lockPause,
  type Pause,
  pauseInWords,
  pausesOver,
  type PauseTarget,
  type PauseTerms,
  targetInWords,
} from '../../ledger/control/pauses'
import { nearest } from '../../lib/nearest'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'
import { type ActTools, toldQueues } from './act-tools'
import { alignQueuePauses } from './align-queue-pauses'
import { checkUntil } from './check-until'
import { expectReason, givenReason } from './reasons'
import { resumeCommand } from './refuse-paused'

/** Who pauses something, why, and until when it lasts unless somebody ends it before. */
export interface PauseOrder {
  readonly by: ActedBy
  readonly reason: string
  readonly until?: Date
}

/** Who ends a pause, and why. */
export interface ResumeOrder {
  readonly by: ActedBy
  readonly reason?: string
}

/**
 * Pauses everything, a job, a client or an account: nothing of it starts from now on, what is under way goes on to its end.
 * What is paused already gets the new reason and end. Throws an `ActRefusedError` where there is no such thing, no reason is
 * given, or the end is over.
 */
export async function pause(tools: ActTools, target: PauseTarget, order: PauseOrder): Promise<Pause> {
  const { by, until } = order
  const reason = expectReason(order.reason)
  const paused = await tools.database.transaction(async (sql) => {
    await expectTarget(sql, target)
    await checkUntil(sql, until)
    const { before, after } = await setPause(sql, target, {
      by: by.actor,
      reason,
      until: until ?? null,
    })
    await recordAct(sql, {
      ...by,
      action: 'pause',
      subject: targetInWords(target),
      ...(before ? { before: termsOf(before) } : {}),
      after: termsOf(after),
      reason,
      outcome: 'done',
    })
    return after
  })
  await tellQueues(tools)
  return paused
}

/**
 * Ends a pause. Slots that were due while it lasted stay as they are: the next one makes good. Throws an `ActRefusedError` where
 * there is no such thing, or it is not paused itself.
 */
export async function resume(tools: ActTools, target: PauseTarget, order: ResumeOrder): Promise<Pause> {
  const { by } = order
  const reason = givenReason(order.reason)
  const why = reason === undefined ? {} : { reason }
  const resumed = await tools.database.transaction(async (sql) => {
    await expectTarget(sql, target)
    const found = await lockPause(sql, target)
    if (!found || found.isOver) throw await notPaused(sql, target)
    const ended = await endPause(sql, found.id, { by: by.actor, ...why })
    await recordAct(sql, {
      ...by,
      action: 'resume',
      subject: targetInWords(target),
      before: termsOf(found),
      ...why,
      outcome: 'done',
    })
    return ended
  })
  await tellQueues(tools)
  return resumed
}

/** Ends a pause whose time is over, on behalf of nobody. Undefined where it was ended, or prolonged, meanwhile. */
export async function endExpired(sql: Sql, target: PauseTarget): Promise<Pause | undefined> {
  const found = await lockPause(sql, target)
  if (!found?.isOver) return undefined
  const reason = 'its time was over'
  const ended = await endPause(sql, found.id, { by: 'system', reason })
  await recordAct(sql, {
    actor: 'system',
    via: 'system',
    action: 'resume',
    subject: targetInWords(target),
    before: termsOf(found),
    reason,
    outcome: 'done',
  })
  return ended
}

/** Two who pause the same at the same moment come one after the other. */
async function setPause(
  sql: Sql,
  target: PauseTarget,
  terms: PauseTerms,
): Promise<{ readonly before?: Pause; readonly after: Pause }> {
  for (;;) {
    await endExpired(sql, target)
    const before = await lockPause(sql, target)
    if (before) return { before, after: await changePause(sql, before.id, terms) }
    const after = await insertPause(sql, target, terms)
    if (after) return { after }
  }
}

/** What the audit log keeps of a pause. */
export const termsOf = ({ reason, pausedBy, pausedAt, until }: Pause) => ({
  reason,
  pausedBy,
  pausedAt: pausedAt.toISOString(),
  until: until?.toISOString() ?? null,
})

async function expectTarget(sql: Sql, target: PauseTarget): Promise<void> {
  if (target.scope === 'everything') return
  const { scope, id } = target
  if (scope === 'account') {
    if (/^\d{1,18}$/.test(id) && (await findAccount(sql, id))) return
    throw new ActRefusedError('not-found', `there is no account ${id}; \`syncfleet accounts list\` shows all`)
  }
  const jobs: readonly string[] = jobIds
  if (scope === 'job' ? jobs.includes(id) : await findClient(sql, id)) return
  const near = nearest(id, scope === 'job' ? jobs : (await listClients(sql)).map((client) => client.id))
  throw new ActRefusedError(
    'not-found',
    `there is no ${scope} "${id}"${near === undefined ? '' : `; did you mean ${near}?`}`,
  )
}

/** Names what is wider and paused: that is what whoever wants it to go on has to resume. */
async function notPaused(sql: Sql, target: PauseTarget): Promise<ActRefusedError> {
  if (target.scope === 'everything')
    return new ActRefusedError(
      'conflict',
      'nobody has paused everything; `syncfleet pauses` shows what is paused',
    )
  const wider = await widerPauses(sql, target)
  const [first] = wider
  const instead = first
    ? `, but ${wider.map((other) => pauseInWords(other)).join('; ')}. Resume that: \`syncfleet ${resumeCommand(first)}\``
    : ''
  return new ActRefusedError('conflict', `${targetInWords(target)} is not paused itself${instead}`)
}

/** What else keeps a target from starting: pauses of its client, its job or everything. */
export async function widerPauses(sql: Sql, target: PauseTarget): Promise<Pause[]> {
  const account = target.scope === 'account' ? await findAccount(sql, target.id) : undefined
  const job = account?.job ?? (target.scope === 'job' ? target.id : '')
  const all = await pausesOver(sql, job, account ? [account.id] : [])
  return all.filter(({ scope }) => scope !== target.scope)
}

/** Where Redis is away, the leading scheduler does it. */
async function tellQueues(tools: ActTools): Promise<void> {
  await toldQueues(tools, async ({ queues }) => void (await alignQueuePauses(tools.database, queues)))
}
