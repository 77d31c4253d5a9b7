import { z } from 'zod'
import { done, Fields, inLines, inputOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { CtmVendor } from './ctm-vendor'

/** The commands under `/control/ctm`: what the class offers, for tests in other processes. */
export function controlCtm(vendor: CtmVendor, request: VendorRequest): VendorAnswer | undefined {
  const { method, path } = request
  const command = `${method} ${path.replaceAll(/\d+/g, ':id')}`
  const [account = 0, call = 0] = (path.match(/\d+/g) ?? []).map(Number)
  const input = inputOf(request)
  switch (command) {
    case 'GET /accounts/:id/truth':
      return inLines(vendor.truth(account))
    case 'POST /accounts':
      vendor.addAccount(input(Fields) as Parameters<CtmVendor['addAccount']>[0])
      return done
    case 'POST /keys':
      vendor.addKey(input(Fields) as Parameters<CtmVendor['addKey']>[0])
      return done
    case 'POST /accounts/:id/calls': {
      const { unix_time, ...fields } = input(z.looseObject({ unix_time: z.number() }))
      return { status: 200, body: { id: vendor.addCall(account, unix_time, fields) } }
    }
    case 'PATCH /accounts/:id/calls/:id':
      vendor.editCall(account, call, input(Fields))
      return done
    case 'DELETE /accounts/:id/calls/:id':
      vendor.vanishCall(account, call)
      return done
    case 'POST /revoke':
      vendor.revoke(input(z.object({ access_key: z.string() })).access_key)
      return done
    case 'POST /restore':
      vendor.restore(input(z.object({ access_key: z.string() })).access_key)
      return done
    default:
      return undefined
  }
}
