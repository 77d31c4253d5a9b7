import { z } from 'zod'
import { done, inLines, inputOf, rowsOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import { kinds } from './account-spec'
import type { FortellisVendor } from './fortellis-vendor'

const Place = z.object({ subscription: z.uuid(), kind: z.enum(kinds), department: z.string() })
const Change = Place.extend({
  index: z.int(),
  facts: z.record(z.string(), z.unknown()),
  silent: z.boolean().default(false),
})

/** The commands under `/control/fortellis`: what the class offers, for tests in other processes. */
export function controlFortellis(vendor: FortellisVendor, request: VendorRequest): VendorAnswer | undefined {
  const { method, path, query } = request
  const input = inputOf(request)
  switch (`${method} ${path}`) {
    case 'GET /truth': {
      const tables = vendor.truth(query.get('subscription') ?? '')
      return inLines(rowsOf(tables))
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
