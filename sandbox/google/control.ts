import { z } from 'zod'
import { done, Fields, inLines, inputOf } from '../commands'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { GoogleVendor } from './google-vendor'
import { GoogleCredentialSpec, GoogleCustomerSpec } from './specs'

const Named = z.strictObject({ name: z.string() })
const Day = z.strictObject({
  leaf: z.int(),
  day: z.iso.date(),
  figures: z.record(z.string(), z.int()).nullable(),
})
const Edit = z.strictObject({ resource: z.string(), id: z.string(), fields: Fields })
const Oddity = z.strictObject({ resource: z.string(), row: Fields })

/** The commands under `/control/google`: what the class offers, for tests in other processes. */
export function controlGoogle(vendor: GoogleVendor, request: VendorRequest): VendorAnswer | undefined {
  const { method, path, query } = request
  const id = /^\/customers\/(\d+)\//.exec(path)?.[1] ?? ''
  const input = inputOf(request)
  switch (`${method} ${path.replace(/\d+/, ':id')}`) {
    case 'GET /customers/:id/truth':
      return inLines(vendor.truth(id)[query.get('table') ?? ''] ?? [])
    case 'POST /customers':
      vendor.addCustomer(input(GoogleCustomerSpec))
      return done
    case 'POST /customers/:id/days': {
      const { leaf, day, figures } = input(Day)
      vendor.customer(id).editDay(leaf, day, figures)
      return done
    }
    case 'POST /customers/:id/fields': {
      const { resource, id: of, fields } = input(Edit)
      vendor.customer(id).editFields(resource, of, fields)
      return done
    }
    case 'POST /customers/:id/oddities': {
      const { resource, row } = input(Oddity)
      vendor.customer(id).addOddity(resource, row)
      return done
    }
    case 'POST /credentials':
      vendor.addCredential(input(GoogleCredentialSpec))
      return done
    case 'POST /revoke':
      vendor.revoke(input(Named).name)
      return done
    case 'POST /restore':
      vendor.restore(input(Named).name)
      return done
    case 'POST /expire':
      vendor.tokens.expire()
      return done
    default:
      return undefined
  }
}
