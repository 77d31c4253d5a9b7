import type { Request } from 'express'
import type { Job } from '../job/define-job'
import { type AccountRow, findAccount } from '../ledger/accounts/accounts'
import type { Context } from './context'
import { jobNamed } from './job-of'
import { ledgerIdOf, thereIsNo } from './ledger-id'

/** The account that a request's address names, and its job. Throws a `RefusedError` where there is none. */
export async function accountOf(
  { database, jobs }: Context,
  req: Request,
): Promise<{ readonly account: AccountRow; readonly job: Job }> {
  const id = ledgerIdOf(req, 'account')
  const account = await findAccount(database, id)
  if (!account) throw thereIsNo('account', id)
  return { account, job: jobNamed(jobs, account.job) }
}
