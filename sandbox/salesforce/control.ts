import { z } from 'zod'
import type { VendorAnswer, VendorRequest } from '../vendor'
import { bookObjects } from './objects'
import type { SalesforceVendor } from './salesforce-vendor'

const Fields = z.record(z.string(), z.unknown())
const NewRow = z.strictObject({
  object: z.enum(bookObjects),
  fields: Fields.default({}),
  stamp: z.number().optional(),
})
const App = z.strictObject({ client_id: z.string() })
const done: VendorAnswer = { status: 200, body: { done: true } }

/** The commands under `/control/salesforce`: what the class offers, for tests in other processes. */
export function controlSalesforce(
  vendor: SalesforceVendor,
  { method, path, body }: VendorRequest,
): VendorAnswer | undefined {
  const [, account = '', what = '', id = ''] =
    /^\/accounts\/([^/]+)\/(truth|rows)(?:\/(\w+))?$/.exec(path) ?? []
  const input = <T>(schema: z.ZodType<T>): T => schema.parse(JSON.parse(body || '{}'))
  switch (`${method} ${what || path}`) {
    case 'GET truth':
      return { status: 200, body: tables(vendor.truth(account)) }
    case 'POST rows': {
      const { object, fields, stamp } = input(NewRow)
      return { status: 200, body: { id: vendor.addRow(account, object, fields, stamp) } }
    }
    case 'PATCH rows':
      vendor.editRow(account, id, input(Fields))
      return done
    case 'DELETE rows':
      vendor.deleteRow(account, id)
      return done
    case 'POST /revoke':
      vendor.revoke(input(App).client_id)
      return done
    case 'POST /restore':
      vendor.restore(input(App).client_id)
      return done
    case 'POST /expire-tokens':
      vendor.expireTokens()
      return done
    default:
      return undefined
  }
}

const tables = (truth: ReturnType<SalesforceVendor['truth']>): Record<string, unknown[]> =>
  Object.fromEntries(Object.entries(truth).map(([table, rows]) => [table, [...rows]]))
