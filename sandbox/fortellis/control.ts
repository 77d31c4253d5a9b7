import { z } from 'zod'
import type { VendorAnswer, VendorRequest } from '../vendor'
import { kinds } from './account-spec'
import type { FortellisVendor } from './fortellis-vendor'

const Place = z.object({ subscription: z.uuid(), kind: z.enum(kinds), department: z.string() })
const Change = Place.extend({
  index: z.int(),
  facts: z.record(z.string(), z.unknown()),
  silent: z.boolean().default(false),
})
const done: VendorAnswer = { status: 200, body: { done: true } }

/** The commands under `/control/fortellis`: what the class offers, for tests in other processes. */
export function controlFortellis(
  vendor: FortellisVendor,
  { method, path, query, body }: VendorRequest,
): VendorAnswer | undefined {
  const input = <T>(schema: z.ZodType<T>): T => schema.parse(JSON.parse(body || '{}'))
  switch (`${method} ${path}`) {
    case 'GET /truth': {
      const tables = vendor.truth(query.get('subscription') ?? '')
      return {
        status: 200,
        headers: { 'content-type': 'application/x-ndjson' },
        body: '',
        lines: linesOf(tables),
      }
    }
    case 'POST /records': {
      const { subscription, kind, department } = input(Place)
      return { status: 200, body: { index: vendor.account(subscription).add(kind, department, vendor.now) } }
    }
    case 'PATCH /records': {
      const { subscription, kind, department, index, facts, silent } = input(Change)
      vendor.account(subscription).change(kind, department, index, facts, vendor.now, silent)
      return done
    }
    case 'POST /revoke':
      vendor.tokens.revoke(input(z.object({ api_key: z.string() })).api_key)
      return done
    case 'POST /restore':
      vendor.tokens.restore(input(z.object({ api_key: z.string() })).api_key)
      return done
    case 'POST /lose-operations':
      vendor.operations.lose()
      return done
    default:
      return undefined
  }
}

function* linesOf(tables: ReturnType<FortellisVendor['truth']>): Generator<string> {
  for (const [table, rows] of Object.entries(tables))
    for (const row of rows) yield JSON.stringify({ table, ...row })
}
