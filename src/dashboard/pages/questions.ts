import type { Job } from '../../job/define-job'
import type { AccountQuestion } from '../../ledger/views/account-states'

/** What is asked about the accounts of jobs. */
export const questionsOf = (jobs: readonly Job[]): AccountQuestion[] =>
  jobs.map(({ id, freshness, effective }) => ({ id, freshness, mode: effective.mode }))
