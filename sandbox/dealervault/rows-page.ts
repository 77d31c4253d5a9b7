import type { VendorAnswer } from '../vendor'
import { gateway, type Quirks } from './answers'
import type { Delivery } from './deliveries'
import type { RawRow } from './dms-record'

const known = new Set(['requestId', 'pageSize', 'continuationToken'])

interface Paging extends Quirks {
  /** The most rows of a page, whatever is asked for. */
  readonly largestPage: number
}

/** A page of a delivery, under a token that has to be written with care in a query. */
export function rowsPage(
  delivery: Delivery,
  query: URLSearchParams,
  { quirk, doubles, pauses, largestPage }: Paging,
): VendorAnswer {
  const unknown = [...query.keys()].find((name) => !known.has(name))
  if (unknown !== undefined) return gateway(400, `Unknown parameter ${unknown}`)
  const asked = Number(query.get('pageSize') ?? '500')
  if (!Number.isInteger(asked) || asked < 1 || asked > 500)
    return gateway(400, 'pageSize must be from 1 to 500')
  const size = Math.min(asked, largestPage)
  const token = query.get('continuationToken')
  const place = token === null ? { from: 0, isPause: false } : placeOf(delivery, token)
  if (!place || (token !== null && quirk === 'refused-token'))
    return gateway(400, 'continuationToken is invalid')
  const all = doubles ? [...delivery.rows.slice(0, 1), ...delivery.rows] : delivery.rows
  const pause = !place.isPause && (quirk === 'empty-page' || (pauses && place.from === 0))
  const rows = pause ? [] : all.slice(place.from, place.from + size)
  const next = place.from + rows.length
  const goesOn = pause || next < all.length
  return {
    status: 200,
    body: {
      requestId: delivery.id,
      message: '',
      pageSize: size,
      totalRecords: all.length + (quirk === 'total-mismatch' ? 1 : 0),
      totalRecordsInPage: rows.length,
      ...(goesOn
        ? { continuationToken: quirk === 'loop' && token ? token : tokenOf(delivery, next, pause) }
        : {}),
      records: quirk === 'without-key' ? rows.map(withoutKey) : rows,
    },
  }
}

const tokenOf = ({ id }: Delivery, from: number, isPause: boolean): string =>
  Buffer.from(`>>?${id}|${from}|${isPause ? 'after an empty page' : ''}`).toString('base64')

function placeOf({ id, rows }: Delivery, token: string): { from: number; isPause: boolean } | undefined {
  const [delivery, from, pause] = Buffer.from(token, 'base64').toString().replace(/^>>\?/, '').split('|')
  const start = Number(from)
  if (delivery !== id || !Number.isInteger(start) || start < 0 || start > rows.length + 1) return undefined
  return { from: start, isPause: pause !== '' }
}

function withoutKey(row: RawRow): RawRow {
  const { 'Deal Number': _a, 'RO Number': _b, 'Appointment Number': _c, VIN: _d, ...rest } = row
  return rest
}
