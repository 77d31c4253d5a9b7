import type { AttemptOptions, JobWorker } from './job-worker'
import type { HeldAccount, JobEngine, SyncNow } from './job-engine'

/** More attempts than any small world needs; a sync that wants more will never end. */
const attemptsAtMost = 300

/** Makes attempts at a sync until it settles; where it waits, the clock moves on to when it may go on. */
export async function untilSettled(
  engine: JobEngine,
  worker: JobWorker,
  syncId: string,
  options: (attempt: number) => AttemptOptions = () => ({}),
): Promise<SyncNow> {
  for (let attempt = 1; attempt <= attemptsAtMost; attempt += 1) {
    await worker.attempt(syncId, options(attempt))
    const now = await engine.syncNow(syncId)
    if (now.state !== 'waiting' && now.state !== 'running') return now
    if (now.wait_until) await engine.clock.moveTo(now.wait_until)
  }
  const { state, reason, error_code: code } = await engine.syncNow(syncId)
  throw new Error(`not settled after ${attemptsAtMost} attempts: ${state}, ${code ?? ''} ${reason ?? ''}`)
}

/** One sync of an account, to its outcome. */
export async function syncOnce(
  engine: JobEngine,
  worker: JobWorker,
  account: HeldAccount,
  options?: (attempt: number) => AttemptOptions,
): Promise<SyncNow> {
  const syncId = await engine.plan(account)
  if (syncId === undefined) throw new Error(`account ${account.externalId} was skipped`)
  return untilSettled(engine, worker, syncId, options)
}

/** Syncs an account until one ends well. Where the vendor asked for a long wait, the clock moves on to its end. */
export async function syncFully(
  engine: JobEngine,
  worker: JobWorker,
  account: HeldAccount,
  options?: (attempt: number) => AttemptOptions,
): Promise<SyncNow> {
  for (let round = 0; round < 50; round += 1) {
    const settled = await syncOnce(engine, worker, account, options)
    if (settled.state === 'ok') return settled
    if (settled.state !== 'deferred' && settled.state !== 'partial') throw new Error(inWords(settled, engine))
    await engine.rest(account)
  }
  throw new Error(`account ${account.externalId}: deferred or partial fifty times in a row`)
}

/** With the stack of a bug, which only the log has. */
function inWords(
  { state, error_code: code, error_message: message, reason }: SyncNow,
  engine: JobEngine,
): string {
  const why = [code, message, reason].filter((part) => part !== null).join(': ')
  const last = engine.log.lines.findLast((line) => line.includes('"stack":'))
  const { stack } = code === 'unexpected' && last ? (JSON.parse(last) as { stack: string }) : {}
  return `the sync ended ${state}: ${why}${stack === undefined ? '' : `\n${stack}`}`
}
