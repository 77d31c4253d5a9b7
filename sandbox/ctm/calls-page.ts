import { DateTime } from 'luxon'
import type { VendorAnswer } from '../vendor'
import type { CtmAccount, Place, Span } from './account'
import type { RawCall } from './raw-call'

const publicUrl = 'https://api.calltrackingmetrics.invalid/api/v1'
/** More than this must not be asked for. */
export const longestPage = 150

export interface PageOptions {
  readonly now: number
  readonly quirk: string | undefined
  /** The most calls of a page, whatever is asked for. */
  readonly largestPage: number
}

/** A page of calls, or the vendor's refusal of what was asked. */
export function callsPage(
  account: CtmAccount,
  query: URLSearchParams,
  { now, quirk, largestPage }: PageOptions,
): VendorAnswer {
  const asked = Number(query.get('per_page') ?? '10')
  if (!Number.isInteger(asked) || asked < 1) return refused('per_page is invalid')
  if (asked > longestPage) return refused(`per_page limit is ${longestPage}`)
  const perPage = Math.min(asked, largestPage)
  const span = spanOf(query, account.spec.timezone)
  if (!span) return refused('start_date and end_date must be dates as YYYY-MM-DD')
  const cursor = query.get('after')
  const after = cursor === null ? undefined : placeOf(cursor)
  if (cursor !== null && (!after || quirk === 'forgotten-cursor')) return refused('after is invalid')
  const page = Number(query.get('page') ?? '1')
  if (!Number.isInteger(page) || page < 1) return refused('page is invalid')

  const { calls, more } = taken(account.calls(span, now, after), (page - 1) * perPage, perPage)
  const next = more && calls.length > 0 ? linkAfter(account, query, placeAfter(calls), quirk) : null
  const total = account.count(span, now)
  const hasTotals = account.spec.totals && quirk !== 'missing-totals'
  return {
    status: 200,
    body: {
      // No order is promised, and none can be relied on.
      ...(quirk === 'without-calls' ? {} : { calls: now % 2 === 0 ? calls : calls.toReversed() }),
      page,
      per_page: perPage,
      ...(hasTotals ? { total_entries: total, total_pages: Math.ceil(total / perPage) } : {}),
      next_page: quirk === 'loop' ? linkTo(account, query) : next,
      previous_page: null,
    },
  }
}

const refused = (error: string): VendorAnswer => ({ status: 400, body: { error } })

/** Whole days in the account's zone, both included. */
function spanOf(query: URLSearchParams, zone: string): Span | undefined {
  const day = (name: string): DateTime | undefined => {
    const text = query.get(name)
    const parsed = DateTime.fromFormat(text ?? '', 'yyyy-MM-dd', { zone })
    return parsed.isValid ? parsed.startOf('day') : undefined
  }
  const [from, to] = [day('start_date'), day('end_date')]
  if ((query.has('start_date') && !from) || (query.has('end_date') && !to)) return undefined
  return {
    from: from?.toMillis() ?? Number.NEGATIVE_INFINITY,
    to: to?.plus({ days: 1 }).startOf('day').toMillis() ?? Number.POSITIVE_INFINITY,
  }
}

function taken(calls: Generator<RawCall>, skip: number, limit: number): { calls: RawCall[]; more: boolean } {
  const page: RawCall[] = []
  let skipped = 0
  for (const call of calls) {
    if (skipped < skip) skipped += 1
    else if (page.length === limit) return { calls: page, more: true }
    else page.push(call)
  }
  return { calls: page, more: false }
}

function placeAfter(calls: readonly RawCall[]): Place {
  const last = calls.at(-1) ?? {}
  return { at: Number(last['unix_time']) * 1000, id: Number(last['id']) }
}

function linkAfter(account: CtmAccount, query: URLSearchParams, place: Place, quirk?: string): string {
  const next = new URLSearchParams(query)
  next.delete('page')
  next.set('after', Buffer.from(`${place.at}.${place.id}`).toString('base64url'))
  return quirk === 'foreign-link' ? `http://203.0.113.9/steal?${next.toString()}` : linkTo(account, next)
}

const linkTo = (account: CtmAccount, query: URLSearchParams): string =>
  `${publicUrl}/accounts/${account.spec.id}/calls.json?${query.toString()}`

function placeOf(cursor: string): Place | undefined {
  const match = /^(-?\d+)\.(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())
  return match ? { at: Number(match[1]), id: Number(match[2]) } : undefined
}
