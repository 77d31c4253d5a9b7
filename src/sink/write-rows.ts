import { only, type Transaction } from '../lib/sql'
import { batchesOf } from './batches'
import type { PageStatements, PresenceStatements } from './page-statements'
import { listsWithHash, prepareRows, type PreparedRow } from './prepare-rows'
import { fieldOf } from './row-lines'
import type { Owner, Row } from './target'

/** How a page's rows are written: as rows that are there, or that the vendor has deleted. */
export interface HowToWrite {
  readonly statements: PageStatements
  readonly presence: PresenceStatements
  readonly owner: Owner
}

/**
 * Writes rows of distinct keys: those that differ from the table's by an upsert, those that it lacks by COPY where that
 * can say all there is to say. Returns a letter of `compare` for each, in order.
 * While Postgres works on one batch the next one is prepared, and sent right behind it.
 */
export async function writeRows(sql: Transaction, how: HowToWrite, rows: readonly Row[]): Promise<string> {
  const batches = batchesOf(rows)
  const prepareNext = () => prepareRows(how.statements, batches.next().value ?? [])
  let verdicts = ''
  let batch = prepareNext()
  let compared = compare(sql, how, batch)
  let written: Promise<unknown> = Promise.resolve()
  while (batch.length > 0) {
    const next = prepareNext()
    // Together, because what failed first is why the other failed.
    const [answer] = await Promise.all([compared, written])
    verdicts += answer
    written = write(sql, how, batch, answer)
    compared = compare(sql, how, next)
    batch = next
  }
  await Promise.all([compared, written])
  return verdicts
}

async function compare(
  sql: Transaction,
  { statements, presence, owner }: HowToWrite,
  rows: readonly PreparedRow[],
): Promise<string> {
  if (rows.length === 0) return ''
  const { verdicts } = only(
    await sql.query<{ verdicts: string }>(presence.compare, [
      owner.clientId,
      owner.accountId,
      ...listsWithHash(statements.key, rows),
    ]),
  )
  return verdicts
}

async function write(
  sql: Transaction,
  { statements, presence, owner }: HowToWrite,
  rows: readonly PreparedRow[],
  verdicts: string,
): Promise<void> {
  const isNew = (place: number) => presence.copy !== undefined && verdicts[place] === 'n'
  const fresh = rows.filter((_, place) => isNew(place))
  const differing = rows.filter((_, place) => verdicts[place] !== 's' && !isNew(place))
  await Promise.all([
    presence.copy !== undefined && fresh.length > 0 && sql.copy(presence.copy, [linesOf(owner, fresh)]),
    differing.length > 0 &&
      sql.query(presence.write, [
        owner.clientId,
        owner.accountId,
        ...listsWithHash(statements.columns, differing),
      ]),
  ])
}

/** In the order of `copy`. */
function linesOf({ clientId, accountId }: Owner, rows: readonly PreparedRow[]): string {
  const ids = `${fieldOf('text', clientId)}\t${accountId}`
  return rows.map(({ line, hash }) => `${ids}\t${line}\t\\\\x${hash}\n`).join('')
}
