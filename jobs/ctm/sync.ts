import { PositionRefusedError } from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { dayOf } from '../../src/lib/local-days'
import { ctmAccess } from '../../src/vendors/ctm/access'
import { CtmClient } from '../../src/vendors/ctm/client'
import type { CallsCursor, CallsPosition, ctm } from './definition'
import { toCall, type CallRecord } from './to-call'
import { cursorAfter, lastDay, latest, windowsOf, type DayRange } from './windows'

/**
 * Calls of whole local days, from three days behind the latest one; once a week from thirty days back. The first load
 * goes month by month, oldest first. The cursor moves when a window's last page is written, the position with each page.
 */
export const sync: Sync<typeof ctm> = async function* (context) {
  const { account, secrets, http, signal, now, pseudonym, note, days } = context
  const { calls } = context.streams
  const client = new CtmClient(http.for(ctmAccess(secrets)))
  const today = dayOf(now, account.timezone)
  let cursor = calls.cursor

  const saved = calls.position
  if (days) {
    const isBegun = saved?.from === days.from && saved.to === days.to
    yield* isBegun ? readAgain(saved) : read(days)
    return
  }
  if (saved) cursor = yield* readAgain(saved)
  // A window that was begun today reaches as far as a new one would.
  if (saved && saved.to >= lastDay(today)) return
  const firstLoadMonths = account.settings.first_load_months
  const { overlap } = calls
  for (const window of windowsOf({ cursor, today, timezone: account.timezone, overlap, firstLoadMonths })) {
    cursor = yield* read(window)
  }

  /** The rest of a window that an earlier attempt began, or all of it where the vendor has forgotten the position. */
  async function* readAgain(position: CallsPosition): AsyncGenerator<Page, CallsCursor> {
    try {
      return yield* read(position, position)
    } catch (error) {
      if (!(error instanceof PositionRefusedError)) throw error
      note('the vendor refuses the saved position; the window starts over')
      yield calls.restart()
      return yield* read(position)
    }
  }

  async function* read({ from, to }: DayRange, position?: CallsPosition): AsyncGenerator<Page, CallsCursor> {
    let newest = position?.newest ?? null
    let count = 0
    let unknown = 0
    for await (const page of client.calls(account.externalId, position ?? { from, to }, signal)) {
      const records = page.calls.map((call) =>
        toCall(call, { externalId: account.externalId, timezone: account.timezone, pseudonym }),
      )
      newest = latest(newest, newestOf(records, now))
      count += records.length
      unknown += records.filter(({ outcome }) => outcome === 'unknown').length
      const next = page.next && { from, to, ...page.next, newest }
      if (records.length > 0) yield calls.page(records, next ? { position: next } : {})
    }
    note(
      `${from} to ${to}: ${count} calls${unknown > 0 ? `, ${unknown} with a status that is not known` : ''}`,
    )
    const moved = cursorAfter({ from, to }, newest, { cursor, today })
    yield calls.complete(moved)
    return moved
  }
}

/** The latest call, no later than now: one from the future would hide all that come before it. */
function newestOf(records: readonly CallRecord[], now: Date): string | null {
  let newest: string | null = null
  for (const { called_at } of records) {
    if (called_at instanceof Date && called_at <= now) newest = latest(newest, called_at.toISOString())
  }
  return newest
}
