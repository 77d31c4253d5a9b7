import type { Job } from '../../job/define-job'
import type { Database } from '../../ledger/postgres/database'
import * as control from '../../runs/control/accounts-chosen'
import { ActRefusedError } from '../../runs/control/act-refused'
import { namesIn } from './names-in'
import { CommandError } from './outcome'

/** Account ids for what a person typed. A name that fits no account, or an account that is disabled, is an error. */
export async function accountsNamed(database: Database, job: Job, typed: string): Promise<string[]> {
  try {
    return await control.accountsNamed(database, job, namesIn('--accounts', typed))
  } catch (error) {
    if (!(error instanceof ActRefusedError)) throw error
    throw new CommandError(`--accounts: ${error.message} (\`accounts list --job ${job.id}\` shows all)`)
  }
}
