import { createHash, createPublicKey, verify } from 'node:crypto'
import { seconds } from '../../src/lib/durations'
import type { VendorAnswer, VendorRequest } from '../vendor'
import { credentialName, type GoogleCredentialSpec } from './specs'

const scope = 'https://www.googleapis.com/auth/adwords'
const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** What Google takes as the audience of an assertion: the token endpoint's own addresses. */
const audiences = ['https://oauth2.googleapis.com/token', 'https://www.googleapis.com/oauth2/v3/token']
const lifetime = 3599

interface Issued {
  readonly credential: GoogleCredentialSpec
  readonly expiresAt: number
}

/** Google's token endpoint: who may have a token, and which tokens are good. */
export class Tokens {
  readonly #now: () => number
  readonly #credentials = new Map<string, GoogleCredentialSpec>()
  readonly #revoked = new Set<string>()
  readonly #issued = new Map<string, Issued>()
  #count = 0

  constructor(now: () => number) {
    this.#now = now
  }

  add(spec: GoogleCredentialSpec): void {
    this.#credentials.set(credentialName(spec), spec)
  }

  get credentials(): Iterable<GoogleCredentialSpec> {
    return this.#credentials.values()
  }

  /** Refuses a credential, by refresh token or client e-mail, and the tokens that it was given. */
  revoke(name: string): void {
    this.#revoked.add(name)
    for (const [token, { credential }] of this.#issued)
      if (credentialName(credential) === name) this.#issued.delete(token)
  }

  restore(name: string): void {
    this.#revoked.delete(name)
  }

  /** Every token that was given is too old from now on. */
  expire(): void {
    for (const [token, issued] of this.#issued) this.#issued.set(token, { ...issued, expiresAt: 0 })
  }

  /** Whose a token is; `invalid` where it was never given, `expired` where it is too old. */
  holderOf(token: string): GoogleCredentialSpec | 'invalid' | 'expired' {
    const issued = this.#issued.get(token)
    if (!issued) return 'invalid'
    return this.#now() < issued.expiresAt ? issued.credential : 'expired'
  }

  /** The answer to `POST /token`. */
  answer({ method, headers, body, quirk }: VendorRequest): VendorAnswer {
    if (method !== 'POST') return { status: 404, body: { error: 'not_found' } }
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return problem(400, 'invalid_request', 'Could not determine client ID from request.')
    if (quirk === 'invalid-grant') return invalidGrant('Token has been expired or revoked.')
    if (quirk === 'clock-skew')
      return invalidGrant('Invalid JWT: Token must be a short-lived token (60 minutes).')
    const form = new URLSearchParams(body)
    switch (form.get('grant_type') ?? '') {
      case 'refresh_token':
        return this.#refreshed(form)
      case assertionGrant:
        return this.#asserted(form.get('assertion') ?? '')
      default:
        return problem(400, 'unsupported_grant_type', 'Invalid grant_type')
    }
  }

  #refreshed(form: URLSearchParams): VendorAnswer {
    const name = form.get('refresh_token') ?? ''
    const credential = this.#credentials.get(name)
    const isClient =
      credential?.flow === 'refresh_token' &&
      form.get('client_id') === credential.client_id &&
      form.get('client_secret') === credential.client_secret
    if (credential && !isClient) return problem(401, 'invalid_client', 'The OAuth client was not found.')
    if (!credential || this.#revoked.has(name)) return invalidGrant('Token has been expired or revoked.')
    return this.#issue(credential)
  }

  #asserted(assertion: string): VendorAnswer {
    const [head = '', claimed = '', signature = ''] = assertion.split('.')
    const header = decoded(head)
    const claims = decoded(claimed)
    const name = String(claims?.['iss'])
    const credential = this.#credentials.get(name)
    if (credential?.flow !== 'service_account' || this.#revoked.has(name))
      return invalidGrant('Invalid grant: account not found')
    const isSigned =
      header?.['alg'] === 'RS256' &&
      verify(
        'RSA-SHA256',
        Buffer.from(`${head}.${claimed}`),
        createPublicKey(credential.public_key),
        Buffer.from(signature, 'base64url'),
      )
    if (!isSigned) return invalidGrant('Invalid JWT Signature.')
    if (!audiences.includes(String(claims?.['aud']))) return invalidGrant('Invalid JWT: wrong audience')
    if (claims?.['scope'] !== scope) return problem(400, 'invalid_scope', 'Invalid OAuth scope.')
    const life = Number(claims['exp']) - Number(claims['iat'])
    // Not held against the clock here: tests move it far ahead of the one that assertions are made by.
    if (!(life > 0 && life <= 3600)) return invalidGrant('Invalid JWT: Token must be a short-lived token')
    return this.#issue(credential)
  }

  #issue(credential: GoogleCredentialSpec): VendorAnswer {
    this.#count += 1
    const mark = createHash('sha256').update(`${credentialName(credential)} ${this.#count} ${this.#now()}`)
    const access_token = `ya29.${mark.digest('base64url')}`
    this.#issued.set(access_token, { credential, expiresAt: this.#now() + seconds(lifetime) })
    return { status: 200, body: { access_token, expires_in: lifetime, scope, token_type: 'Bearer' } }
  }
}

const problem = (status: number, error: string, error_description: string): VendorAnswer => ({
  status,
  body: { error, error_description },
})
const invalidGrant = (why: string): VendorAnswer => problem(400, 'invalid_grant', why)

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}
