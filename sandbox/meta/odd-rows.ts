import type { MetaAccount } from './account'
import type { EdgeRow } from './edge'

/** What a test has put into a list that is no good, behind all the rest. */
export function* oddRows(account: MetaAccount, edge: string): Generator<EdgeRow> {
  for (const [nth, row] of account.odditiesOf(edge).entries())
    yield { key: `~ ${String(nth).padStart(6, '0')}`, row }
}
