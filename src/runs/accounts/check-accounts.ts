import type { Job } from '../../job/define-job'
import type { ErrorClass } from '../../job/errors'
import type { AnyCheck, Check, Findings } from '../../job/sync'
import type { AccountAccess } from '../../ledger/accounts/account-access'
import { type SyncDoors, secretsOf, settingsOf } from '../attempt/drive-sync'
import { syncErrorOf } from '../attempt/outcome'

/** A job whose accounts can be checked. */
export interface CheckableJob {
  readonly job: Job
  readonly check: AnyCheck
}

/** What became of one account's check. */
export interface AccountVerdict {
  readonly account: string
  readonly client: string
  readonly job: string
  readonly externalId: string
  readonly ok: boolean
  /** As the vendor calls the account. */
  readonly name?: string
  /** What is wrong, in words, and what is worth knowing besides. */
  readonly findings: readonly string[]
}

export interface CheckAccountsOptions {
  readonly jobs: ReadonlyMap<string, CheckableJob>
  readonly doors: Pick<SyncDoors, 'http' | 'unseal'>
  readonly now: () => Date
  readonly signal: AbortSignal
  /** Default 4. */
  readonly atOnce?: number
}

/**
 * Checks accounts with a few at a time, and yields what became of each, in their order. Nothing is parked or un-parked by
 * it. An abort rejects with the signal's reason.
 */
export async function* checkAccounts(
  accounts: readonly AccountAccess[],
  options: CheckAccountsOptions,
): AsyncGenerator<AccountVerdict, void, undefined> {
  const waiting = [...accounts]
  const running: Promise<AccountVerdict>[] = []
  const begin = (): void => {
    const next = waiting.shift()
    if (!next) return
    const verdict = checkAccount(next, options)
    // Heard when its turn comes; until then a failure must not end the process.
    verdict.catch(() => undefined)
    running.push(verdict)
  }
  for (let place = 0; place < (options.atOnce ?? 4); place += 1) begin()
  for (let verdict = running.shift(); verdict; verdict = running.shift()) {
    yield await verdict
    begin()
  }
}

async function checkAccount(
  account: AccountAccess,
  { jobs, doors, now, signal }: CheckAccountsOptions,
): Promise<AccountVerdict> {
  const { id, clientId: client, job, externalId, parked } = account
  const names = { account: id, client, job, externalId }
  const checkable = jobs.get(job)
  if (!checkable) return { ...names, ok: false, findings: [`there is no job ${job}`] }
  try {
    const found = await ask(account, checkable, doors, now(), signal)
    const wrong = wrongWith(account, found)
    // Parked things that work now are still parked until their next try, or an import or a new secret.
    if (parked !== null)
      wrong.push(
        `${parked}; the vendor takes it now: its next try un-parks it, and importing or setting it again does at once`,
      )
    return {
      ...names,
      ok: wrong.length === 0,
      ...(found.name === undefined ? {} : { name: found.name }),
      findings: [...wrong, ...(found.notes ?? []), ...disabled(account)],
    }
  } catch (error) {
    signal.throwIfAborted()
    const { errorClass, code, message } = syncErrorOf(error)
    const refusal = `${inWords[errorClass]} (${code}: ${message})`
    return {
      ...names,
      ok: false,
      findings: [refusal, ...(parked === null ? [] : [parked]), ...disabled(account)],
    }
  }
}

async function ask(
  account: AccountAccess,
  { job, check }: CheckableJob,
  { http, unseal }: CheckAccountsOptions['doors'],
  now: Date,
  signal: AbortSignal,
): Promise<Findings> {
  const { id, clientId, externalId, timezone } = account
  const context = {
    account: { id, clientId, externalId, timezone, settings: settingsOf(job, account) },
    secrets: secretsOf(job, account, unseal),
    http,
    signal,
    now,
  } satisfies Record<keyof Parameters<Check<Job>>[0], unknown>
  // The definition that the context was made from is the one the check was written for.
  return check(context as never)
}

function wrongWith({ timezone }: AccountAccess, found: Findings): string[] {
  return found.timezone === undefined || found.timezone === timezone
    ? []
    : [`time zone differs: given ${timezone}, the vendor says ${found.timezone}`]
}

const disabled = ({ enabled }: AccountAccess): string[] => (enabled ? [] : ['disabled, so it is not synced'])

/** What an error means for somebody who set the account up. */
const inWords: Readonly<Record<ErrorClass, string>> = {
  auth: 'credential refused',
  config: 'no permission, or no such account',
  'rate-limited': 'the vendor asks us to wait',
  'not-ready': 'the vendor is not ready yet',
  quota: 'the vendor’s allowance is used up',
  'vendor-down': 'the vendor cannot be reached',
  transient: 'could not be found out, try again',
  storage: 'could not be found out, our own storage is in trouble',
  schema: 'the vendor’s answer is not what it documents',
  bug: 'could not be asked',
}
