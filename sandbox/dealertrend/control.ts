import { z } from 'zod'
import { byTable, done, Fields, inputOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { CompanyInput } from './company-spec'
import type { DealertrendVendor } from './dealertrend-vendor'
import type { Vehicle } from './vehicle'

const Token = z.strictObject({ token: z.string() })

/** The commands under `/control/dealertrend`: what the class offers, for tests in other processes. */
export function controlDealertrend(
  vendor: DealertrendVendor,
  request: VendorRequest,
): VendorAnswer | undefined {
  const { method, path } = request
  const [company = 0, id = 0] = (path.match(/\d+/g) ?? []).map(Number)
  const input = inputOf(request)
  // Tests know what facts a vehicle has.
  const facts = (): Partial<Vehicle> => input(Fields)
  switch (`${method} ${path.replaceAll(/\d+/g, ':id')}`) {
    case 'GET /accounts/:id/truth':
      return byTable(vendor.truth(String(company)))
    case 'POST /companies':
      vendor.addCompany(input(Fields) as unknown as CompanyInput)
      return done
    case 'POST /companies/:id/vehicles':
      return { status: 200, body: { id: vendor.addVehicle(company, facts()) } }
    case 'PATCH /companies/:id/vehicles/:id':
      vendor.editVehicle(company, id, facts())
      return done
    case 'DELETE /companies/:id/vehicles/:id':
      vendor.removeVehicle(company, id)
      return done
    case 'POST /revoke':
      vendor.revoke(input(Token).token)
      return done
    case 'POST /restore':
      vendor.restore(input(Token).token)
      return done
    default:
      return undefined
  }
}
