import { StorageUnavailableError } from '../../job/errors'
import { seconds } from '../../lib/durations'
import { wait } from '../../lib/wait'

const firstWait = seconds(0.25)
const longestWait = seconds(5)

/**
 * Does what must get into the ledger, again and again while Postgres cannot take it: `store` may have gone through without our
 * hearing of it, so it must be safe to repeat. Rejects with the signal's reason when that aborts between two tries.
 */
export async function untilStored<T>(store: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await store()
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error
    }
    // Uneven, so that all the attempts that Postgres kept waiting do not come back at once.
    await wait(
      (0.5 + Math.random() / 2) * Math.min(longestWait, firstWait * 2 ** Math.min(tries, 10)),
      signal,
    )
  }
}
