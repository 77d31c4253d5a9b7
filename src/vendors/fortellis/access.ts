import { createHash, randomUUID } from 'node:crypto'
import type { HttpDoor, Token, VendorAccess, VendorAnswer } from '../../job/http'
import type { SyncError } from '../../job/errors'
import { minutes, seconds } from '../../lib/durations'
import { TokenAnswer } from './answers'
import { meaningForToken, meaningOf } from './errors'

/** The parts of a credential that a request needs. */
export interface FortellisSecrets {
  readonly api_key: string
  readonly api_secret: string
  /** The base URL is that of the vendor's test data, where paths lack their leading `/cdk`. Default false. */
  readonly test_data?: boolean
}

export interface FortellisAccessOptions {
  readonly secrets: FortellisSecrets
  /** The dealership that has activated our app. */
  readonly subscriptionId: string
  /** How long a used-up quota lasts from now, in milliseconds. */
  readonly untilReset: number
  /** What an answer means before its code and status are looked at. */
  readonly translate?: (answer: VendorAnswer) => SyncError | undefined
}

/** Its limits are set by subscription and are not public. */
const pauses = { first: seconds(30), longest: minutes(10) }

/** How Fortellis is spoken to for one dealership: one token for the whole app, limits by subscription and app. */
export function fortellisAccess(door: HttpDoor, options: FortellisAccessOptions): VendorAccess {
  const { secrets, subscriptionId, untilReset, translate } = options
  return {
    host: 'fortellis',
    headers: { 'Subscription-Id': subscriptionId },
    token: {
      key: `fortellis-${digest(`${secrets.api_key} ${secrets.api_secret}`)}`,
      fetch: async (signal) => fetchToken(door, secrets, signal),
    },
    bucket: {
      key: `fortellis-${digest(subscriptionId)}`,
      perSecond: 2,
      inFlight: 2,
      pauses,
      within: { key: `fortellis-app-${digest(secrets.api_key)}`, perSecond: 10, inFlight: 50, pauses },
    },
    // A result is one body, however large.
    maxBytes: 256 * 1024 * 1024,
    translate: (answer) => translate?.(answer) ?? meaningOf(answer, untilReset),
  }
}

/** The vendor wants a new one for every call, and its support asks for it. */
export const requestId = (): Readonly<Record<string, string>> => ({ 'Request-Id': randomUUID() })

async function fetchToken(door: HttpDoor, secrets: FortellisSecrets, signal: AbortSignal): Promise<Token> {
  const identity = door.for({
    host: 'fortellisIdentity',
    headers: { Authorization: `Basic ${base64(`${secrets.api_key}:${secrets.api_secret}`)}` },
    translate: meaningForToken,
  })
  const { access_token, expires_in } = await identity.post('/token', {
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'anonymous' }),
    schema: TokenAnswer,
    idempotent: true,
    signal,
  })
  // Replaced five minutes before its end; the door itself keeps one minute clear.
  return { value: access_token, lifetime: seconds(Math.max(expires_in - 240, expires_in / 2)) }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
