import { createHash } from 'node:crypto'
import { z } from 'zod'
import { hours } from '../../src/lib/durations'
import type { VendorAnswer } from '../vendor'
import { batchesOf, maskOf, resultOf, type Batch } from './gaql/answer'
import type { Result } from './gaql/run'
import { internal, invalid, refused } from './refusal'

export interface SearchOptions {
  readonly requestId: string
  readonly version: string
  readonly now: number
  /** Rows of a page of search, or of a batch of searchStream. */
  readonly size: number
  readonly quirk: string | undefined
}

export const StreamBody = z.strictObject({ query: z.string(), summaryRowSetting: z.string().optional() })
export const SearchBody = z.strictObject({
  query: z.string(),
  pageToken: z.string().optional(),
  pageSize: z.unknown().optional(),
  searchSettings: z
    .strictObject({ returnTotalResultsCount: z.boolean(), omitResults: z.boolean() })
    .partial()
    .optional(),
})

/** More than this many rows are sent as they are made. */
const heldRows = 20_000
const pageTokenLife = hours(2)

/** The answer of searchStream: a list of batches. */
export function streamed({ query, rows }: Result, options: SearchOptions): VendorAnswer {
  const { size, requestId, quirk } = options
  const batches = spoiled(batchesOf(rows, query, { size, requestId }), options)
  const held: unknown[] = []
  const headers = { 'request-id': requestId }
  for (let next = batches.next(); !next.done; next = batches.next()) {
    held.push(next.value)
    if (held.length * size > heldRows)
      return { status: 200, headers, body: '', lines: linesOf(held, batches) }
  }
  // Nothing found is said in one way or the other.
  const isEven = (createHash('sha256').update(requestId).digest()[0] ?? 0) % 2 === 0
  if (held.length === 0 && (quirk === 'no-results' || (isEven && quirk !== 'empty-list')))
    return { status: 200, headers, body: [{ fieldMask: maskOf(query), requestId }] }
  return { status: 200, headers, body: held }
}

function* spoiled(batches: Iterable<Batch>, options: SearchOptions): Generator {
  const { quirk, requestId, version } = options
  for (const batch of batches) {
    yield batch
    if (quirk === 'duplicate-batches') yield batch
    if (quirk === 'empty-batches') yield { fieldMask: batch.fieldMask, requestId }
    if (quirk === 'error-in-stream') {
      const { body } = refused(internal('INTERNAL_ERROR'), { requestId, version, inList: false })
      yield body
      return
    }
  }
}

function* linesOf(held: readonly unknown[], rest: Iterable<unknown>): Generator<string> {
  yield '['
  let comma = ''
  for (const batches of [held, rest]) {
    for (const batch of batches) {
      yield comma + JSON.stringify(batch)
      comma = ','
    }
  }
  yield ']'
}

/** The answer of search: one page, and a token for the next. */
export function paged(
  { query, rows }: Result,
  body: z.output<typeof SearchBody>,
  options: SearchOptions,
): VendorAnswer {
  if (body.pageSize !== undefined)
    throw invalid({ requestError: 'PAGE_SIZE_NOT_SUPPORTED' }, 'Setting the page size is not supported.')
  const { size, now, requestId } = options
  const from = body.pageToken === undefined ? 0 : offsetOf(body.pageToken, body.query, now)
  const all = [...rows]
  const results = all.slice(from, from + size).map((row, index) => resultOf(row, query, from + index))
  const isLast = from + size >= all.length
  return {
    status: 200,
    headers: { 'request-id': requestId },
    body: {
      ...(results.length > 0 ? { results } : {}),
      ...(isLast ? {} : { nextPageToken: tokenFor(from + size, body.query, now) }),
      ...(body.searchSettings?.returnTotalResultsCount ? { totalResultsCount: String(all.length) } : {}),
      fieldMask: maskOf(query),
    },
  }
}

const markOf = (query: string): string => createHash('sha256').update(query).digest('hex').slice(0, 12)

const tokenFor = (offset: number, query: string, now: number): string =>
  Buffer.from(`${offset} ${markOf(query)} ${now}`).toString('base64url')

function offsetOf(token: string, query: string, now: number): number {
  const [offset, mark, at] = Buffer.from(token, 'base64url').toString().split(' ')
  if (!/^\d+$/.test(offset ?? '') || mark !== markOf(query))
    throw invalid({ requestError: 'INVALID_PAGE_TOKEN' }, 'Page token is invalid.')
  if (now - Number(at) > pageTokenLife)
    throw invalid({ requestError: 'EXPIRED_PAGE_TOKEN' }, 'Page token has expired.')
  return Number(offset)
}
