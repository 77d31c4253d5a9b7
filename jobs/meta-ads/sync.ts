import { PositionRefusedError } from '../../src/job/errors'
import type { DayWindow, Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { dayOf } from '../../src/lib/local-days'
import { MetaClient } from '../../src/vendors/meta/client'
import { MetaTooMuchDataError } from '../../src/vendors/meta/errors'
import { MetaInsights } from '../../src/vendors/meta/insights'
import type { AdDaysPosition, metaAds } from './definition'
import { cursorAfter, readingAfter, readingOf, sliceOf, smaller } from './readings'
import { ReportFailedError, ReportRuns } from './report-runs'
import { toAdDay } from './to-ad-day'

/** So often a slice starts over because the vendor has forgotten a cursor that it gave moments ago. */
const startsAtMost = 3

/**
 * Whole local days: those of the last four weeks, which the vendor restates, and once a week a week more. The first load goes
 * month by month, oldest first. Days that are too much for one answer are halved, and then prepared by the vendor as reports.
 * The cursor moves with each slice that is complete.
 */
export const sync: Sync<typeof metaAds> = async function* (context) {
  const { account, secrets, http, signal, now, note, operations, days } = context
  const { ad_days: adDays } = context.streams
  const { externalId, settings } = account
  const client = new MetaClient(http, { secrets, accountId: externalId, product: 'insights', note })
  const insights = new MetaInsights(client)
  const reports = new ReportRuns({ operations, insights, now, signal, note })
  const today = dayOf(now, account.timezone)
  let cursor = adDays.cursor

  const saved = adDays.position
  if (saved && belongsTo(saved, days)) {
    // Its first slice was read in part, and may have changed since.
    yield startedOver(saved)
    yield* read(saved)
    if (days || saved.to >= today) return
  }
  const { lookback_days: lookbackDays, first_load_months: firstLoadMonths } = settings
  const planned = readingOf({ cursor, days, today, now, lookbackDays, firstLoadMonths })
  // Who comes back for a report must know which reading it belongs to.
  if (planned.way === 'report') yield startedOver(planned)
  yield* read(planned)

  async function* read(reading: AdDaysPosition): AsyncGenerator<Page> {
    let at: AdDaysPosition | null = reading
    let starts = 0
    while (at) {
      const slice = sliceOf(at)
      try {
        starts += 1
        yield* rowsOf(slice, at)
      } catch (error) {
        const next = afterTrouble(error, at, slice, starts)
        if (!next) throw error
        at = next
        yield startedOver(at)
        continue
      }
      starts = 0
      cursor = cursorAfter(cursor, at, slice)
      const next: AdDaysPosition | null = readingAfter(at, slice)
      // One page, so that no attempt finds the slice complete and the rest of the reading forgotten.
      yield { ...adDays.complete(slice, cursor), position: next }
      if (at.way === 'report') await reports.forget(slice)
      at = next
    }
  }

  async function* rowsOf(slice: DayWindow, at: AdDaysPosition): AsyncGenerator<Page> {
    const pages =
      at.way === 'call'
        ? insights.daily(slice, signal)
        : insights.reportRows(await reports.ready(slice, at.begun), signal)
    let count = 0
    for await (const { items } of pages) {
      count += items.length
      const records = items.map((row) => toAdDay(row, { externalId }))
      if (records.length > 0) yield adDays.page(records, { position: at })
    }
    note(`${slice.from} to ${slice.to}: ${count} days of ads`)
  }

  /** How the reading goes on after something that is no failure yet. */
  function afterTrouble(
    error: unknown,
    at: AdDaysPosition,
    slice: DayWindow,
    starts: number,
  ): AdDaysPosition | undefined {
    if (error instanceof PositionRefusedError) return starts < startsAtMost ? at : undefined
    if (!(error instanceof MetaTooMuchDataError || error instanceof ReportFailedError)) return undefined
    const next = smaller(at, slice)
    if (next)
      note(`${slice.from} to ${slice.to} is too much; on with a ${next.way} of ${next.span} days at a time`)
    return next
  }

  /** What was seen of the slice counts no more; where the reading stands stays. */
  function startedOver(at: AdDaysPosition): Page {
    return { ...adDays.restart(), position: at }
  }
}

/** A backfill has positions of its own; one of other days is none of this sync's. */
const belongsTo = ({ since, to }: AdDaysPosition, days: DayWindow | undefined): boolean =>
  !days || (since === days.from && to === days.to)
