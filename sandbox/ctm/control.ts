import { z } from 'zod'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { CtmVendor } from './ctm-vendor'

const Fields = z.record(z.string(), z.unknown())
const done: VendorAnswer = { status: 200, body: { done: true } }

/** The commands under `/control/ctm`: what the class offers, for tests in other processes. */
export function controlCtm(
  vendor: CtmVendor,
  { method, path, body }: VendorRequest,
): VendorAnswer | undefined {
  const command = `${method} ${path.replaceAll(/\d+/g, ':id')}`
  const [account = 0, call = 0] = (path.match(/\d+/g) ?? []).map(Number)
  const input = <T>(schema: z.ZodType<T>): T => schema.parse(JSON.parse(body || '{}'))
  switch (command) {
    case 'GET /accounts/:id/truth':
      return {
        status: 200,
        headers: { 'content-type': 'application/x-ndjson' },
        body: '',
        lines: linesOf(vendor.truth(account)),
      }
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

function* linesOf(rows: Iterable<unknown>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row)
}
