import type { Sql } from '../../lib/sql'
import { type Client, findClient } from '../accounts/clients'
import { openPauses, type Pause } from '../control/pauses'
import { postgresTime } from '../postgres/time'
import { type AccountQuestion, type AccountState, accountStates } from './account-states'

/** One client with its accounts over all jobs. */
export interface ClientView {
  /** Postgres' clock. */
  readonly now: Date
  readonly client: Client
  /** Those of the client and of everything that last. */
  readonly pauses: readonly Pause[]
  /** The worst first. */
  readonly accounts: readonly AccountState[]
}

/** More connections no dealership has. */
const mostAccounts = 500

/** A client and how its accounts stand; undefined where there is no client of that id. */
export async function clientView(
  sql: Sql,
  id: string,
  questions: readonly AccountQuestion[],
): Promise<ClientView | undefined> {
  const client = await findClient(sql, id)
  if (!client) return undefined
  const [now, pauses, { accounts }] = await Promise.all([
    postgresTime(sql),
    openPauses(sql),
    accountStates(sql, questions, { client: id }, { limit: mostAccounts }),
  ])
  const its = pauses.filter(
    ({ scope, subject }) => scope === 'everything' || (scope === 'client' && subject === id),
  )
  return { now, client, pauses: its, accounts }
}
