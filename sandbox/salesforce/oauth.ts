import { timingSafeEqual, verify } from 'node:crypto'
import { minutes } from '../../src/lib/durations'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { Org } from './org'
import { noToken, tokenQuirks } from './refusals'
import type { AppSpec } from './specs'

/** An app and the org that it belongs to. */
export interface KnownApp {
  readonly app: AppSpec
  readonly org: Org
}

export interface TokenAsked {
  readonly request: VendorRequest
  readonly now: number
  readonly appOf: (clientId: string) => KnownApp | undefined
  readonly isRevoked: (clientId: string) => boolean
  readonly give: (known: KnownApp) => string
  readonly basePath: string
}

/** A token, or the login server's refusal. */
export function tokenAnswer(asked: TokenAsked): VendorAnswer {
  const { request, now, give, basePath } = asked
  const { quirk = '' } = request
  if (tokenQuirks[quirk]) return tokenQuirks[quirk]
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  if (request.method !== 'POST' || !isForm) return noToken('invalid_request', 'must use HTTP POST')
  const known = grantedTo(new URLSearchParams(request.body), asked)
  if ('status' in known) return known
  const instance = `http://${request.headers.host ?? ''}${basePath}`
  const foreign = quirk.startsWith('foreign-host ') ? quirk.slice('foreign-host '.length) : undefined
  return {
    status: 200,
    body: {
      access_token: give(known),
      instance_url: quirk === 'changed-instance' ? 'https://other.my.salesforce.com' : (foreign ?? instance),
      id: `https://login.salesforce.com/id/${known.org.id}/${known.org.id}`,
      token_type: 'Bearer',
      scope: 'api',
      issued_at: String(now),
      signature: 'c2ln',
    },
  }
}

function grantedTo(form: URLSearchParams, asked: TokenAsked): KnownApp | VendorAnswer {
  const grant = form.get('grant_type')
  if (grant === 'client_credentials') return byClientSecret(form, asked)
  if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
    return byAssertion(form.get('assertion') ?? '', asked)
  }
  return noToken('unsupported_grant_type', 'grant type not supported')
}

function byClientSecret(form: URLSearchParams, { appOf, isRevoked }: TokenAsked): KnownApp | VendorAnswer {
  const clientId = form.get('client_id') ?? ''
  const known = appOf(clientId)
  if (known?.app.flow !== 'client_credentials')
    return noToken('invalid_client_id', 'client identifier invalid')
  const isGood = isSame(form.get('client_secret') ?? '', known.app.client_secret)
  if (isGood && !isRevoked(clientId)) return known
  return noToken('invalid_grant', 'authentication failure - invalid client credentials')
}

function byAssertion(assertion: string, { appOf, isRevoked, now }: TokenAsked): KnownApp | VendorAnswer {
  const [header = '', payload = '', signature = ''] = assertion.split('.')
  const claims = decoded(payload)
  const known = appOf(String(claims['iss']))
  if (known?.app.flow !== 'jwt') return noToken('invalid_client_id', 'client identifier invalid')
  const { app } = known
  const signed = Buffer.from(`${header}.${payload}`)
  const isGood =
    decoded(header)['alg'] === 'RS256' &&
    verify('RSA-SHA256', signed, app.public_key, Buffer.from(signature, 'base64url'))
  if (!isGood) return noToken('invalid_grant', 'invalid assertion')
  if (!['https://login.salesforce.com', 'https://test.salesforce.com'].includes(String(claims['aud']))) {
    return noToken('invalid_grant', 'Audience validation failed')
  }
  const expires = Number(claims['exp']) * 1000
  // Three minutes either way for clocks that differ.
  if (!(expires > now - minutes(3) && expires < now + minutes(6))) {
    return noToken('invalid_grant', 'expired authorization code')
  }
  if (claims['sub'] !== app.username || isRevoked(app.client_id)) {
    return noToken('invalid_grant', "user hasn't approved this consumer")
  }
  return known
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
