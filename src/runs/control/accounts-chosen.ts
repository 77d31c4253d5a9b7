import type { JobDefinition } from '../../job/define-job'
import { accountsOfJob, type AccountOfJob } from '../../ledger/accounts/accounts-of-job'
import { nearest } from '../../lib/nearest'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'

/** Accounts that somebody asked for, and what the audit log calls them. */
export interface ChosenAccounts {
  readonly ids: readonly string[]
  /** Client ids; `all` where nobody chose. */
  readonly names: readonly string[] | 'all'
}

/**
 * The ids of a job's accounts, given what people call them: client ids, external ids, account ids. A client's name means all its
 * accounts of the job. Throws an `ActRefusedError` where a name fits none, or a disabled account.
 */
export async function accountsNamed(
  sql: Sql,
  job: JobDefinition,
  names: readonly string[],
): Promise<string[]> {
  const accounts = await accountsOfJob(sql, job.id)
  const unknown = names.filter((name) => !accounts.some(fits(name)))
  if (unknown.length > 0) {
    const near = nearest(unknown[0] ?? '', accounts.flatMap(namesOf))
    throw new ActRefusedError(
      'not-found',
      `no account of ${job.id} is named ${unknown.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
    )
  }
  expectEnabled(names.filter((name) => accounts.some((account) => fits(name)(account) && !account.enabled)))
  return [...new Set(names.flatMap((name) => accounts.filter(fits(name)).map(({ id }) => id)))]
}

/** A job's accounts by their ids, or all that are enabled. Throws an `ActRefusedError` where there are none, or one is disabled. */
export async function accountsChosen(
  sql: Sql,
  job: JobDefinition,
  ids: readonly string[] | undefined,
): Promise<ChosenAccounts> {
  const accounts = await accountsOfJob(sql, job.id)
  if (!ids) {
    const enabled = accounts.filter((account) => account.enabled)
    return { ids: enabled.map(({ id }) => id), names: 'all' }
  }
  if (ids.length === 0) throw new ActRefusedError('invalid', 'name at least one account')
  const unknown = ids.filter((id) => !accounts.some((account) => account.id === id))
  if (unknown.length > 0)
    throw new ActRefusedError('not-found', `${job.id} has no account ${unknown.join(', ')}`)
  const chosen = accounts.filter(({ id }) => ids.includes(id))
  expectEnabled(chosen.filter(({ enabled }) => !enabled).map(({ client }) => client))
  return { ids: chosen.map(({ id }) => id), names: chosen.map(({ client }) => client) }
}

const fits =
  (name: string) =>
  (account: AccountOfJob): boolean =>
    namesOf(account).includes(name)

const namesOf = ({ id, client, externalId }: AccountOfJob): string[] => [client, externalId, id]

function expectEnabled(disabled: readonly string[]): void {
  if (disabled.length > 0) throw new ActRefusedError('conflict', `disabled: ${disabled.join(', ')}`)
}
