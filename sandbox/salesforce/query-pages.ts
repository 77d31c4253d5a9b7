import type { VendorAnswer, VendorRequest } from '../vendor'
import { usageHeader, type OpenResult, type Org } from './org'
import { boundsOf, pickRows } from './pick-rows'
import { locatorRefused, notFound, queryTimedOut, refused } from './refusals'
import { parseSoql, type Query } from './soql'
import { SoqlError } from './soql-tokens'

/** Longest request line, in bytes. */
const longestUri = 16_384

interface Asked {
  readonly org: Org
  readonly version: string
  readonly now: number
  readonly request: VendorRequest
}

/** A query's first page, or the vendor's refusal of it. */
export function firstPage(asked: Asked, isQueryAll: boolean): VendorAnswer {
  const { org, now, request } = asked
  const text = request.query.get('q')
  if (`${request.path}?${request.query.toString()}`.length > longestUri) {
    return { status: 414, headers: { 'content-type': 'text/html' }, body: '<html>URI Too Long</html>' }
  }
  if (text === null || [...request.query.keys()].length > 1) {
    return refused(400, 'MALFORMED_QUERY', 'a query has the parameter q and no other')
  }
  let query: Query
  try {
    query = parseSoql(text, (object, field) => org.isHidden(object, field))
  } catch (error) {
    if (!(error instanceof SoqlError)) throw error
    return refused(400, error.code, error.message)
  }
  const { object, fields } = query
  if (org.isHidden(object)) return refused(400, 'INVALID_TYPE', `sObject type '${object}' is not supported.`)
  // A single row costs no time, however wide the search.
  const bounds = boundsOf(query.where)
  if (query.limit !== 1 && bounds.to - bounds.from > org.longestSpan) return queryTimedOut
  const rows = pickRows(org.rows(object, now, bounds), query).filter((row) => isQueryAll || !row.isDeleted)
  return page(asked, { rows, object, fields, openedAt: now }, 0, undefined)
}

/** A later page, by the name that the one before it gave. */
export function nextPage(asked: Asked, locator: string): VendorAnswer {
  const { org, now, request } = asked
  if ([...request.query.keys()].length > 0) return notFound
  const [, name = '', offset = ''] = /^(\w+)-(\d+)$/.exec(locator) ?? []
  const result = org.result(name, now)
  if (!result || Number(offset) >= result.rows.length) return locatorRefused
  return page(asked, result, Number(offset), name)
}

function page(asked: Asked, result: OpenResult, offset: number, name: string | undefined): VendorAnswer {
  const { org, version, now, request } = asked
  const { quirk } = request
  const isEmpty = quirk === 'empty-page' && name === undefined
  const end = offset + (isEmpty ? 0 : pageSize(org, request))
  const records = result.rows.slice(offset, end).flatMap((row) => {
    // The rows of a result are settled when it is made; what they say is not.
    const present = result.object === 'Organization' ? row : row.at(now)
    return present ? [recordOf(present.fields(), present.id, result, version)] : []
  })
  const done = end >= result.rows.length
  const next = done ? undefined : `/services/data/${version}/query/${name ?? org.keep(result)}-${end}`
  const listed = quirk === 'duplicates' ? records.flatMap((record) => [record, record]) : records
  return {
    status: 200,
    headers: usageHeader(org, now) ?? {},
    body: {
      totalSize: result.rows.length,
      done,
      ...(next === undefined ? {} : { nextRecordsUrl: spoiled(next, request, quirk) }),
      ...(quirk === 'without-records' ? {} : { records: listed }),
    },
  }
}

function pageSize(org: Org, { headers }: VendorRequest): number {
  const wanted = Number(/batchSize=(\d+)/.exec(String(headers['sforce-query-options'] ?? ''))?.[1] ?? 2000)
  return Math.min(org.spec.pageSize, Math.min(2000, Math.max(200, wanted)))
}

function spoiled(next: string, { path }: VendorRequest, quirk: string | undefined): string {
  if (quirk === 'loop') return path.includes('/query/') ? path : next
  return quirk?.startsWith('foreign-host ') ? quirk.slice('foreign-host '.length) + next : next
}

/** Only the fields that were asked for, under the vendor's own names. */
function recordOf(
  fields: Readonly<Record<string, unknown>>,
  id: string,
  { object, fields: names }: OpenResult,
  version: string,
): Record<string, unknown> {
  const values = names.map((name) => [name, fields[name] ?? null] as const)
  return {
    attributes: { type: object, url: `/services/data/${version}/sobjects/${object}/${id}` },
    ...Object.fromEntries(values),
  }
}
