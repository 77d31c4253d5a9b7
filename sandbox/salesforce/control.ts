import { z } from 'zod'
import { byTable, done, Fields, inputOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import { bookObjects } from './objects'
import type { SalesforceVendor } from './salesforce-vendor'

const NewRow = z.strictObject({
  object: z.enum(bookObjects),
  fields: Fields.default({}),
  stamp: z.number().optional(),
})
const App = z.strictObject({ client_id: z.string() })

/** The commands under `/control/salesforce`: what the class offers, for tests in other processes. */
export function controlSalesforce(
  vendor: SalesforceVendor,
  request: VendorRequest,
): VendorAnswer | undefined {
  const { method, path } = request
  const [, account = '', what = '', id = ''] =
    /^\/accounts\/([^/]+)\/(truth|rows)(?:\/(\w+))?$/.exec(path) ?? []
  const input = inputOf(request)
  switch (`${method} ${what || path}`) {
    case 'GET truth':
      return byTable(vendor.truth(account))
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
