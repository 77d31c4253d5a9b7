import type { Row } from '../tables/table'
import type { Query } from './parse'

export interface Batch {
  readonly results?: readonly unknown[]
  readonly fieldMask: string
  readonly requestId: string
  readonly queryResourceConsumption?: string
}

/** Rows as Google's JSON, in batches of at most `size`; none where there are no rows. */
export function* batchesOf(
  rows: Iterable<Row>,
  query: Query,
  { size, requestId }: { size: number; requestId: string },
): Generator<Batch> {
  const fieldMask = maskOf(query)
  let results: unknown[] = []
  let index = 0
  for (const row of rows) {
    results.push(resultOf(row, query, index))
    index += 1
    if (results.length < size) continue
    yield { results, fieldMask, requestId, queryResourceConsumption: String(size) }
    results = []
  }
  if (results.length > 0)
    yield { results, fieldMask, requestId, queryResourceConsumption: String(results.length) }
}

export const maskOf = ({ fields }: Query): string => fields.map(camel).join(',')

/** `ad_group_ad.ad.id` as `adGroupAd.ad.id`. */
const camel = (name: string): string =>
  name.replaceAll(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase())

type Tree = { [name: string]: unknown }
type Path = readonly string[]

/** Where a query's fields go in a row; null for those that it does not show. Looked up once per query and field. */
const paths = new WeakMap<Query, Map<string, Path | null>>()

/** One row: what was selected, and the resource names that come along. */
export function resultOf(row: Row, query: Query, index: number): unknown {
  const known = paths.get(query) ?? new Map<string, Path | null>()
  paths.set(query, known)
  const tree: Tree = {}
  for (const [name, value] of Object.entries(row)) {
    let path = known.get(name)
    if (path === undefined) {
      path = isShown(name, query) ? camel(name).split('.') : null
      known.set(name, path)
    }
    if (path === null || value === undefined) continue
    // Zeros are there or not, as Google likes.
    if (path[0] === 'metrics' && Number(value) === 0 && index % 2 === 1) continue
    put(tree, path, value)
  }
  return tree
}

function isShown(name: string, { fields, from, omitsResourceNames }: Query): boolean {
  if (fields.includes(name)) return true
  if (name === `${from}.resource_name`) return true
  if (omitsResourceNames || !name.endsWith('.resource_name')) return false
  const resource = name.slice(0, -'resource_name'.length)
  return fields.some((field) => field.startsWith(resource))
}

function put(tree: Tree, path: Path, value: unknown): void {
  const [name = '', ...rest] = path
  if (rest.length === 0) tree[name] = value
  else {
    const below = (tree[name] ??= {}) as Tree
    put(below, rest, value)
  }
}
