import type { VendorRequest } from '../vendor'
import type { GoogleCustomer } from './customer'
import { denied, invalid, Refusal, unauthenticated } from './refusal'
import type { GoogleCredentialSpec } from './specs'
import type { Tokens } from './tokens'

/** Who asks, once token and headers are known to be good. Throws a refusal where they are not. */
export function callerOf({ method, headers }: VendorRequest, tokens: Tokens): GoogleCredentialSpec {
  const [scheme, token = ''] = (headers.authorization ?? '').split(' ')
  if (scheme !== 'Bearer') throw unauthenticated()
  const holder = tokens.holderOf(token)
  if (holder === 'invalid') throw unauthenticated('OAUTH_TOKEN_INVALID')
  if (holder === 'expired') throw unauthenticated('OAUTH_TOKEN_EXPIRED')
  if (headers['developer-token'] !== holder.developer_token) throw unauthenticated('DEVELOPER_TOKEN_INVALID')
  if (!/^\d*$/.test(loginOf(headers)))
    throw invalid({ headerError: 'INVALID_LOGIN_CUSTOMER_ID' }, 'login-customer-id wants digits only')
  if (method === 'POST' && !headers['content-type']?.startsWith('application/json'))
    throw new Refusal({
      status: 400,
      name: 'INVALID_ARGUMENT',
      message: 'Request contains an invalid argument.',
    })
  return holder
}

/** The customer that is asked about. Throws a refusal where there is none, or not for this caller by this way. */
export function customerFor(
  caller: GoogleCredentialSpec,
  id: string,
  { headers }: VendorRequest,
  customers: ReadonlyMap<string, GoogleCustomer>,
): GoogleCustomer {
  if (!/^\d+$/.test(id)) throw invalid({ requestError: 'INVALID_CUSTOMER_ID' }, `invalid customer id: ${id}`)
  const customer = customers.get(id)
  // Google does not tell who exists.
  if (!customer) throw denied('USER_PERMISSION_DENIED')
  const { manager, status } = customer.spec
  const isOpen =
    !caller.customers ||
    caller.customers.includes(id) ||
    (manager !== null && caller.customers.includes(manager))
  const login = loginOf(headers)
  const isReached = manager === null ? login === '' || login === id : login === manager
  if (!isOpen || !isReached) throw denied('USER_PERMISSION_DENIED')
  if (status !== 'ENABLED') throw denied('CUSTOMER_NOT_ENABLED')
  return customer
}

const loginOf = (headers: VendorRequest['headers']): string => String(headers['login-customer-id'] ?? '')
