import { z } from 'zod'
import { done, Fields, inputOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { DealerVaultVendor } from './dealervault-vendor'
import { fileTypes } from './rooftop-spec'

const Change = z.strictObject({
  fileType: z.enum(fileTypes),
  key: z.string(),
  raw: Fields,
  truth: Fields.default({}),
  silently: z.boolean().default(false),
})
const Row = z.strictObject({ fileType: z.enum(fileTypes), row: Fields })

/** The commands under `/control/dealervault`: what the class offers, for tests in other processes. */
export function controlDealerVault(
  vendor: DealerVaultVendor,
  request: VendorRequest,
): VendorAnswer | undefined {
  const { method, path } = request
  const [, rooftop = ''] = /^\/rooftops\/(DVD\d+)(?:\/|$)/.exec(path) ?? []
  const input = inputOf(request)
  switch (`${method} ${path.replace(/DVD\d+/, ':id')}`) {
    case 'GET /rooftops/:id/truth':
      return { status: 200, body: vendor.truth(rooftop) }
    case 'POST /rooftops':
      vendor.addRooftop(input(Fields) as Parameters<DealerVaultVendor['addRooftop']>[0])
      return done
    case 'PATCH /rooftops/:id/records': {
      const { fileType, key, raw, truth, silently } = input(Change)
      vendor.change(rooftop, fileType, key, { raw, truth }, silently)
      return done
    }
    case 'POST /rooftops/:id/rows': {
      const { fileType, row } = input(Row)
      vendor.addRow(rooftop, fileType, row)
      return done
    }
    case 'POST /rooftops/:id/malformed':
      return { status: 200, body: { rows: vendor.malform(rooftop) } }
    case 'POST /revoke':
      vendor.revoke()
      return done
    case 'POST /restore':
      vendor.restore()
      return done
    case 'POST /expire-tokens':
      vendor.expireTokens()
      return done
    default:
      return undefined
  }
}
