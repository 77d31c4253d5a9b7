import { z } from 'zod'
import { done, Fields, inLines, inputOf, rowsOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { MetaVendor } from './meta-vendor'

const Token = z.object({ access_token: z.string(), subcode: z.int().optional() })

/** The commands under `/control/meta`: what the class offers, for tests in other processes. */
export function controlMeta(vendor: MetaVendor, request: VendorRequest): VendorAnswer | undefined {
  const { method, path } = request
  const [id = '0'] = path.match(/\d+/) ?? []
  const input = inputOf(request)
  switch (`${method} ${path.replaceAll(/\d+/g, ':id')}`) {
    case 'GET /accounts/:id/truth':
      return inLines(rowsOf(vendor.truth(id)))
    case 'POST /accounts':
      vendor.addAccount(input(Fields) as Parameters<MetaVendor['addAccount']>[0])
      return done
    case 'POST /tokens':
      vendor.addToken(input(Fields) as Parameters<MetaVendor['addToken']>[0])
      return done
    case 'PATCH /accounts/:id': {
      const { object, fields } = input(z.object({ object: z.string(), fields: Fields }))
      vendor.account(id).edit(object, fields)
      return done
    }
    case 'POST /accounts/:id/usage':
      vendor.account(id).usage = input(z.object({ percent: z.number() })).percent
      return done
    case 'POST /revoke': {
      const { access_token, subcode } = input(Token)
      vendor.revoke(access_token, subcode)
      return done
    }
    case 'POST /restore':
      vendor.restore(input(Token).access_token)
      return done
    default:
      return undefined
  }
}
