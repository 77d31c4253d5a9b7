import { createHash } from 'node:crypto'
import { days } from '../../src/lib/durations'
import { fieldsOf, text } from '../../src/lib/read-fields'
import type { VehiclesCursor } from './definition'

/** A sale may end, and a photo arrive, without a new stamp: at least this often the list itself is read. */
const longestSkip = days(1)

/**
 * What is equal while no vehicle of the light list has come, gone or changed. Null where the list cannot tell, because the
 * host has none or some of its vehicles have no stamp.
 */
export function digestOf(
  list: readonly unknown[] | undefined,
  saleClasses: readonly string[],
): string | null {
  const lines: string[] = []
  for (const entry of list ?? []) {
    const { vin, sale_class, updated_at } = fieldsOf(entry)
    if (text(updated_at) === null) return null
    lines.push(JSON.stringify([vin, sale_class, updated_at]))
  }
  if (!list) return null
  // Other sale classes are another list.
  const content = JSON.stringify([saleClasses, lines.toSorted()])
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}

/**
 * True where another listing would say what the last two have said. After one alone it might not: a vehicle is marked gone
 * when the second listing in a row lacks it.
 */
export function isUnchanged(cursor: VehiclesCursor | undefined, digest: string | null, now: Date): boolean {
  if (!cursor || digest === null || cursor.digest !== digest) return false
  return cursor.listings >= 2 && now.getTime() - Date.parse(cursor.listed_at) < longestSkip
}

/** The cursor after a complete listing that began when the light list had this digest. */
export function cursorAfter(
  cursor: VehiclesCursor | undefined,
  digest: string | null,
  now: Date,
): VehiclesCursor {
  const isSame = digest !== null && cursor?.digest === digest
  return { digest, listings: isSame ? Math.min(2, cursor.listings + 1) : 1, listed_at: now.toISOString() }
}
