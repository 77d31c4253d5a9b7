import { z } from 'zod'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { MetaVendor } from './meta-vendor'

const Fields = z.record(z.string(), z.unknown())
const Token = z.object({ access_token: z.string(), subcode: z.int().optional() })
const done: VendorAnswer = { status: 200, body: { done: true } }

/** The commands under `/control/meta`: what the class offers, for tests in other processes. */
export function controlMeta(
  vendor: MetaVendor,
  { method, path, body }: VendorRequest,
): VendorAnswer | undefined {
  const [id = '0'] = path.match(/\d+/) ?? []
  const input = <T>(schema: z.ZodType<T>): T => schema.parse(JSON.parse(body || '{}'))
  switch (`${method} ${path.replaceAll(/\d+/g, ':id')}`) {
    case 'GET /accounts/:id/truth':
      return {
        status: 200,
        headers: { 'content-type': 'application/x-ndjson' },
        body: '',
        lines: linesOf(vendor.truth(id)),
      }
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

/** One a line: the row, and the table that it belongs to. */
function* linesOf(tables: ReturnType<MetaVendor['truth']>): Generator<string> {
  for (const [table, rows] of Object.entries(tables)) {
    for (const row of rows) yield JSON.stringify({ table, ...row })
  }
}
