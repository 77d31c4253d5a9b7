import { AttemptInterruptedError } from '../../../src/job/errors'
import type { Page } from '../../../src/job/streams'
import type { AnySync } from '../../../src/job/sync'
import { deferred } from '../deferred'

/** Called when a page is written, with its number from 1. What it returns is waited for before the sync goes on. */
type AfterPage = (page: number) => Promise<void> | void

/** The same sync; `after` hears of each page once the engine has written it. */
export const hearing =
  (after: AfterPage) =>
  (sync: AnySync): AnySync =>
    async function* (context): AsyncGenerator<Page, void, undefined> {
      let written = 0
      for await (const page of sync(context)) {
        // The engine asks for more only when the page is written.
        yield page
        written += 1
        await after(written)
      }
    }

/** A worker that freezes after so many pages, as one that was killed looks to the others, until it is woken. */
export function freezing(pages: number): {
  readonly through: (sync: AnySync) => AnySync
  /** Resolves once it is frozen, or has ended before that. */
  readonly frozen: Promise<void>
  readonly wake: () => void
} {
  const frozen = deferred()
  const woken = deferred()
  // Over all its attempts: a sync that waits for an extract writes few pages in each.
  let written = 0
  const freeze = hearing(async () => {
    written += 1
    if (written !== pages) return
    frozen.resolve()
    await woken.promise
  })
  return { through: freeze, frozen: frozen.promise, wake: woken.resolve }
}

/** Stops as a deploy stops a worker once so many pages are written. */
export function stoppingAfter(pages: number): {
  readonly through: (sync: AnySync) => AnySync
  readonly signal: AbortSignal
} {
  const stop = new AbortController()
  const through = hearing((page) => {
    if (page === pages) stop.abort(new AttemptInterruptedError('stopping'))
  })
  return { through, signal: stop.signal }
}
