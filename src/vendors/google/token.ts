import { createHash } from 'node:crypto'
import { z } from 'zod'
import { VendorAuthError, VendorRequestError, type SyncError } from '../../job/errors'
import type { HttpDoor, TokenSource, VendorAnswer } from '../../job/http'
import { minutes, seconds } from '../../lib/durations'
import { fieldsOf } from '../../lib/read-fields'
import { assertion, type ServiceAccount } from './assertion'

/** As a user who agreed once. */
export interface GoogleUser {
  readonly flow: 'refresh_token'
  readonly client_id: string
  readonly client_secret: string
  readonly refresh_token: string
}

/** How Google lets us in. */
export type GoogleSignIn = GoogleUser | ServiceAccount

const TokenAnswer = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().positive() })

/** Tokens are good for an hour. A long answer must not outlive the one that it was asked for with. */
const early = minutes(5)

/** An access token for Google Ads, shared by all accounts of a credential. `now` is what an assertion is dated by. */
export function googleToken(door: HttpDoor, secrets: GoogleSignIn, now: () => Date): TokenSource {
  const http = door.for({ host: 'googleOauth', translate: tokenMeaning })
  return {
    key: `google-${markOf(secrets)}`,
    fetch: async (signal) => {
      const body = new URLSearchParams(grantOf(secrets, now()))
      const answer = await http.post('/token', { schema: TokenAnswer, body, signal, idempotent: true })
      const lifetime = seconds(answer.expires_in)
      return { value: answer.access_token, lifetime: Math.max(lifetime - early, lifetime / 2) }
    },
  }
}

function grantOf(secrets: GoogleSignIn, now: Date): Record<string, string> {
  if (secrets.flow === 'service_account') {
    return {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertion(secrets, now),
    }
  }
  const { client_id, client_secret, refresh_token } = secrets
  return { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
}

/** Changes with any secret, so that a credential that was mended is tried at once. */
function markOf(secrets: GoogleSignIn): string {
  const parts =
    secrets.flow === 'service_account'
      ? [secrets.client_email, secrets.private_key]
      : [secrets.client_id, secrets.client_secret, secrets.refresh_token]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

/** Refusals that only a person can mend, in the words of the token endpoint. */
const troubles = new Map([
  [
    'invalid_grant',
    'Google refuses the sign-in: the refresh token is revoked or expired, or the service account’s key or clock is wrong; sign in anew',
  ],
  ['invalid_client', 'Google does not know this client_id with this client_secret'],
  ['unauthorized_client', 'Google does not let this client ask for tokens'],
  ['deleted_client', 'the OAuth client was deleted at Google'],
  ['disabled_client', 'the OAuth client is disabled at Google'],
  ['access_denied', 'Google denies access'],
  ['invalid_scope', 'Google does not grant the scope of Google Ads'],
])

/** What an answer of the token endpoint means. Its description may name a person, so only the code is told. */
export function tokenMeaning({ status, json, request }: VendorAnswer): SyncError | undefined {
  if (status < 400 || status >= 500 || status === 429 || status === 408) return undefined
  const { error } = fieldsOf(json)
  const trouble = typeof error === 'string' ? troubles.get(error) : undefined
  if (trouble !== undefined) return new VendorAuthError(`${trouble} (${request}: status ${status})`)
  return status === 401 || status === 403 ? undefined : new VendorRequestError(`${request}: status ${status}`)
}
