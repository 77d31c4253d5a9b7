import { hours } from '../../src/lib/durations'
import type { VendorAnswer } from '../vendor'
import type { MetaAccount } from './account'
import { graphError, tooMuchData, type Product } from './graph-error'
import type { Raw } from './objects'

/** What an edge is asked with. */
export interface EdgeRequest {
  readonly account: MetaAccount
  readonly query: URLSearchParams
  /** Milliseconds. */
  readonly now: number
  /** Rows up to this key were on the pages before, and need not be made. */
  readonly after?: string | undefined
}

/** One row, and its place: pages are cut along the keys, so a list that changes while it is read loses nothing. */
export interface EdgeRow {
  /** Sorts as text, and no other row of the list has it. */
  readonly key: string
  readonly row: Raw
}

/** A list below an ad account, such as its ads. `edges.ts` names them all. */
export interface MetaEdge {
  readonly product: Product
  /** Names that `fields` may hold, without what stands in braces. */
  readonly fields: ReadonlySet<string>
  /** Fields that come unasked. */
  readonly unasked: readonly string[]
  /** Parameters besides those that every list takes. */
  readonly parameters: ReadonlySet<string>
  /** The rows, sorted by key, with every field they have; or the vendor's refusal. */
  readonly rows: (request: EdgeRequest) => Iterable<EdgeRow> | VendorAnswer
  /** The most rows to a page before it is "too much data". Default the account's. */
  readonly largestPage?: (request: EdgeRequest) => number
}

export interface PageContext {
  readonly account: MetaAccount
  readonly now: number
  readonly quirk: string | undefined
  /** Where the link to the next page leads: the vendor's own host, or wherever a test wants it. */
  readonly linkTo: string
  /** Stands in that link, as at the vendor. */
  readonly accessToken: string
}

const common = new Set(['fields', 'limit', 'after', 'access_token', 'appsecret_proof'])
const cursorLasts = hours(1)

export const isRefusal = (answer: Iterable<EdgeRow> | VendorAnswer): answer is VendorAnswer =>
  'status' in answer

/** One page of an edge, or the vendor's refusal of what was asked. */
export function edgePage(edge: MetaEdge, query: URLSearchParams, context: PageContext): VendorAnswer {
  const unknown = [...query.keys()].find((name) => !common.has(name) && !edge.parameters.has(name))
  if (unknown !== undefined) return graphError(100, `Invalid parameter: ${unknown}`)
  const fields = fieldNames(query.get('fields') ?? '')
  const wrong = fields.find((field) => !edge.fields.has(field))
  if (wrong !== undefined)
    return graphError(100, `Tried accessing nonexisting field (${wrong}): it is not valid for fields param`)
  const after = cursorOf(query.get('after'))?.key
  const request = { account: context.account, query, now: context.now, after }
  const rows = edge.rows(request)
  if (isRefusal(rows)) return rows
  const largest = edge.largestPage?.(request) ?? context.account.spec.largestPage
  return rowsPage(rows, [...edge.unasked, ...fields], { ...context, query, largest })
}

/** One page of rows with only these fields of them. */
export function rowsPage(
  rows: Iterable<EdgeRow>,
  fields: readonly string[],
  context: PageContext & { readonly query: URLSearchParams; readonly largest: number },
): VendorAnswer {
  const { query, now, account, quirk, linkTo, accessToken, largest } = context
  const limit = Number(query.get('limit') ?? '25')
  if (!Number.isInteger(limit) || limit < 1) return graphError(100, 'limit must be a positive integer')
  if (limit > largest) return tooMuchData()
  const after = cursorOf(query.get('after'))
  if (query.has('after') && (!after || now - after.at > cursorLasts))
    return graphError(2642, 'Invalid cursors values')

  const { taken, more } = take(rows, after?.key, limit, takesEmpty(account, quirk))
  const last = taken.at(-1)?.key ?? after?.key ?? ''
  const cursor = quirk === 'loop' ? query.get('after') : cursorAt(last, now)
  const repeated = account.repeats ? taken.slice(0, 1) : []
  const data = [...repeated, ...taken].map(({ row }) => picked(row, fields))
  if (data.length === 0 && !more) return { status: 200, body: { data } }
  const cursors = { before: cursorAt(taken[0]?.key ?? '', now), after: cursor }
  const parameters = { ...Object.fromEntries(query), access_token: accessToken, after: cursor ?? '' }
  const next = `${linkTo}?${new URLSearchParams(parameters).toString()}`
  return { status: 200, body: { data, paging: { cursors, ...(more ? { next } : {}) } } }
}

function takesEmpty(account: MetaAccount, quirk: string | undefined): boolean {
  if (quirk === 'empty-page') return true
  if (account.emptyPages === 0) return false
  account.emptyPages -= 1
  return true
}

function take(
  rows: Iterable<EdgeRow>,
  after: string | undefined,
  limit: number,
  isEmpty: boolean,
): { readonly taken: EdgeRow[]; readonly more: boolean } {
  const taken: EdgeRow[] = []
  for (const row of rows) {
    if (after !== undefined && row.key <= after) continue
    if (isEmpty || taken.length === limit) return { taken, more: true }
    taken.push(row)
  }
  return { taken, more: false }
}

/** `id,creative{id,name}` names `id` and `creative`. */
export function fieldNames(fields: string): string[] {
  let depth = 0
  let flat = ''
  for (const character of fields) {
    if (character === '{') depth += 1
    if (depth === 0) flat += character
    if (character === '}') depth -= 1
  }
  return flat
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const picked = (row: Raw, fields: readonly string[]): Raw =>
  Object.fromEntries(fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])))

let cursorsGiven = 0

/** Never the same twice, as the vendor's are not. */
function cursorAt(key: string, now: number): string {
  cursorsGiven += 1
  return Buffer.from(JSON.stringify([now, key, cursorsGiven])).toString('base64url')
}

function cursorOf(text: string | null): { readonly at: number; readonly key: string } | undefined {
  try {
    const [at, key] = JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as unknown[]
    return typeof at === 'number' && typeof key === 'string' ? { at, key } : undefined
  } catch {
    return undefined
  }
}
