import { StorageUnavailableError } from '../job/errors'
import type { Database } from '../ledger/postgres/database'
import { postgresTime } from '../ledger/postgres/time'
import { seconds } from '../lib/durations'
import { wait } from '../lib/wait'

/** A node whose clock is further from Postgres' is not ready, and takes no work. */
export const clockTolerance = seconds(5)
/** Less than any check may take. */
const clockPatience = seconds(1.5)

/** Milliseconds by which this node's clock is ahead of Postgres', or behind where they are negative; undefined where that is not heard in time. */
export async function clockDistance(database: Database): Promise<number | undefined> {
  const askedAt = Date.now()
  const now = await timeHeard(database)
  return now && (askedAt + Date.now()) / 2 - now.getTime()
}

/** Undefined where it is not heard in time, be it that all connections wait for another answer. */
async function timeHeard(database: Database): Promise<Date | undefined> {
  const heard = new AbortController()
  const silence = wait(clockPatience, heard.signal).then(() => undefined)
  try {
    return await Promise.race([postgresTime(database, { within: clockPatience }), silence])
  } catch (error) {
    if (error instanceof StorageUnavailableError) return undefined
    throw error
  } finally {
    heard.abort()
  }
}
