import { createHash } from 'node:crypto'
import { seconds } from '../../src/lib/durations'
import type { VendorAnswer, VendorRequest } from '../vendor'
import type { FortellisAppSpec } from './account-spec'

const expiresIn = 3600

/** Gives out access tokens, and knows which of them are good. */
export class Tokens {
  readonly #seed: string
  readonly #apps = new Map<string, FortellisAppSpec>()
  readonly #revoked = new Set<string>()
  readonly #given = new Map<string, { readonly key: string; expiresAt: number }>()
  /** Tokens that were given out. */
  issued = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  addApp(app: FortellisAppSpec): void {
    this.#apps.set(app.api_key, app)
  }

  /** Refuses the key, and what was given out for it, until it is restored. */
  revoke(key: string): void {
    this.#revoked.add(key)
  }

  restore(key: string): void {
    this.#revoked.delete(key)
  }

  /** Every token that was given out is over. */
  expireAll(now: number): void {
    for (const token of this.#given.values()) token.expiresAt = now
  }

  answer({ method, headers, body }: VendorRequest, now: number): VendorAnswer {
    const form = new URLSearchParams(body)
    if (method !== 'POST') return oauthError(405, 'invalid_request')
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return oauthError(400, 'invalid_request')
    if (form.get('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type')
    if (form.get('scope') !== 'anonymous') return oauthError(400, 'invalid_scope')
    const [key = '', secret] = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':')
    if (this.#apps.get(key)?.api_secret !== secret || this.#revoked.has(key))
      return oauthError(401, 'invalid_client')
    this.issued += 1
    const access_token = createHash('sha256').update(`${this.#seed} token ${this.issued}`).digest('base64url')
    this.#given.set(access_token, { key, expiresAt: now + seconds(expiresIn) })
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: expiresIn, access_token, scope: 'anonymous' },
    }
  }

  /** The code of the refusal; undefined for a good token. */
  problemOf(authorization: string | undefined, now: number): string | undefined {
    const [scheme, value = ''] = (authorization ?? '').split(' ')
    if (scheme !== 'Bearer' || value === '') return 'MISSING-AUTHORIZATION'
    const token = this.#given.get(value)
    if (!token || this.#revoked.has(token.key)) return 'INVALID-TOKEN'
    return now >= token.expiresAt ? 'TOKEN-EXPIRED' : undefined
  }
}

const oauthError = (status: number, error: string): VendorAnswer => ({
  status,
  body: { error, error_description: 'the request for a token was refused' },
})
