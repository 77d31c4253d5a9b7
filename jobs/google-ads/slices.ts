import { z } from 'zod'
import type { Columns, RecordOf } from '../../src/job/columns'
import { PositionRefusedError } from '../../src/job/errors'
import type { DayWindow, Page, WindowHandle } from '../../src/job/streams'
import { addDays, type LocalDay } from '../../src/lib/local-days'
import type { GoogleAdsClient } from '../../src/vendors/google/client'
import { ExpensiveQueryError, HeavyQueryError } from '../../src/vendors/google/errors'
import type { DaysCursor, DaysPosition } from './definition'
import { expectSameAccount, type Expected } from './same-account'
import { cursorAfter, type Plan } from './windows'

/** One of the job's streams: where it stands, what is asked for, and how a row is stored. */
export interface Level<C extends Columns> {
  readonly handle: WindowHandle<C, DaysCursor, DaysPosition>
  readonly query: (days: DayWindow) => string
  readonly toRecord: (row: unknown) => RecordOf<C>
}

export interface Reader {
  readonly client: GoogleAdsClient
  readonly account: Expected
  readonly today: LocalDay
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

/**
 * Reads the days of a plan slice by slice, oldest first; the cursor moves with each. Where Google breaks down over a slice,
 * half of it is asked for, and a single day that it cannot stream is read page by page. Returns how many rows there were.
 */
export async function* readSlices<C extends Columns>(
  level: Level<C>,
  plan: Plan,
  reader: Reader,
): AsyncGenerator<Page, number> {
  const { handle } = level
  // An earlier attempt began a slice: what it saw of it may be gone by now.
  if (handle.position) yield handle.restart()
  let { slice } = plan
  let { cursor } = handle
  let count = 0
  for (let from = plan.from; from <= plan.to;) {
    const days = { from, to: earliest(addDays(from, slice - 1), plan.to) }
    const position = { begun: reader.today, from, slice, sweeps: plan.sweeps }
    try {
      count += yield* readSlice(level, days, position, reader)
    } catch (error) {
      const asksForLess = error instanceof HeavyQueryError || error instanceof ExpensiveQueryError
      if (!asksForLess || slice === 1) throw error
      slice = Math.ceil(slice / 2)
      reader.note(`${days.from} to ${days.to} is too much for Google at once; ${slice} days from here on`)
      yield handle.restart()
      if (error instanceof HeavyQueryError) continue
      // Google wants a pause as well, and the attempt after it is to ask for less.
      yield handle.page([], { position: { ...position, slice } })
      throw error
    }
    cursor = cursorAfter(days, slice, { cursor, plan })
    yield handle.complete(days, cursor)
    from = addDays(days.to, 1)
  }
  return count
}

async function* readSlice<C extends Columns>(
  level: Level<C>,
  days: DayWindow,
  position: DaysPosition,
  reader: Reader,
): AsyncGenerator<Page, number> {
  try {
    return yield* pagesOf(level, streamed(level, days, reader), position, reader)
  } catch (error) {
    if (!(error instanceof HeavyQueryError) || days.from !== days.to) throw error
  }
  reader.note(`Google cannot stream ${days.from}; it is read page by page`)
  yield level.handle.restart()
  try {
    return yield* pagesOf(level, searched(level, days, reader), position, reader)
  } catch (error) {
    if (!(error instanceof PositionRefusedError)) throw error
  }
  yield level.handle.restart()
  return yield* pagesOf(level, searched(level, days, reader), position, reader)
}

async function* pagesOf<C extends Columns>(
  { handle, toRecord }: Level<C>,
  batches: AsyncIterable<readonly unknown[]>,
  position: DaysPosition,
  { account }: Reader,
): AsyncGenerator<Page, number> {
  let count = 0
  for await (const rows of batches) {
    for (const row of rows) expectSameAccount(row, account)
    count += rows.length
    yield handle.page(rows.map(toRecord), { position })
  }
  return count
}

const streamed = <C extends Columns>({ query }: Level<C>, days: DayWindow, reader: Reader) =>
  reader.client.stream(reader.account.externalId, query(days), z.unknown(), reader.signal)

async function* searched<C extends Columns>({ query }: Level<C>, days: DayWindow, reader: Reader) {
  const { client, account, signal } = reader
  for await (const { rows } of client.search(account.externalId, query(days), z.unknown(), signal))
    if (rows.length > 0) yield rows
}

const earliest = (a: LocalDay, b: LocalDay): LocalDay => (a < b ? a : b)
