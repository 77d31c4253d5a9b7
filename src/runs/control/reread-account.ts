import type { Job } from '../../job/define-job'
import { findAccount } from '../../ledger/accounts/accounts'
import type { ActedBy } from '../../ledger/audit'
import { postgresTime } from '../../ledger/postgres/time'
import { addDays, dayOf } from '../../lib/local-days'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'
import { beginBackfill, type BegunBackfill } from './begin-backfill'

/** Who wants the last days of an account read again. */
export interface RereadOrder {
  readonly by: ActedBy
  readonly reason?: string
  /** How many, today included. */
  readonly days: number
  /** Default: all of the job's. */
  readonly streams?: readonly string[]
  /** As of a backfill. */
  readonly requestKey?: string
}

/** Ten years: no vendor of ours tells of more. */
const mostDays = 3660

/** Reads the last days of an account again, as a backfill of its own. */
export async function rereadAccount(
  tools: ActTools,
  job: Job,
  accountId: string,
  { days, ...order }: RereadOrder,
): Promise<BegunBackfill> {
  if (!Number.isSafeInteger(days) || days < 1 || days > mostDays)
    throw new ActRefusedError('invalid', `expected a whole number of days from 1 to ${mostDays}`)
  const account = await findAccount(tools.database, accountId)
  if (account?.job !== job.id) throw new ActRefusedError('not-found', `${job.id} has no account ${accountId}`)
  if (!job.backfill)
    throw new ActRefusedError(
      'invalid',
      `${job.id}: its vendor lists what is there now, and has no days to read again; a full re-sync reads all of it: \`syncfleet accounts resync ${accountId}\``,
    )
  const to = dayOf(await postgresTime(tools.database), account.timezone)
  const window = { from: addDays(to, 1 - days), to }
  return beginBackfill(tools, job, { ...order, days: window, accountIds: [accountId] })
}
