import { z } from 'zod'
import { VendorConfigError } from '../../job/errors'
import type { Http, HttpDoor, Token, TokenSource } from '../../job/http'
import { baseUrlOf } from '../../lib/base-url'
import { seconds } from '../../lib/durations'
import { assertionOf } from './jwt'
import { credentialKey, type SalesforceSecrets } from './secrets'
import { tokenMeaning } from './token-meaning'

const TokenAnswer = z.looseObject({ access_token: z.string().min(1), instance_url: z.string().min(1) })

/**
 * Access tokens of a credential, by either flow. A token lives as long as the org's session policy says, which nothing in the
 * answer tells: it is kept until a 401. `now` is asked for each assertion.
 */
export function tokenSource(door: HttpDoor, secrets: SalesforceSecrets, now: () => Date): TokenSource {
  return {
    key: `salesforce-${credentialKey(secrets)}`,
    fetch: async (signal): Promise<Token> => {
      const answer = await authServer(door, secrets).post('/services/oauth2/token', {
        schema: TokenAnswer,
        body: new URLSearchParams(form(secrets, now())),
        idempotent: true,
        signal,
      })
      if (!isSame(answer.instance_url, secrets.instance_url)) {
        throw new VendorConfigError(
          'the vendor gives this credential a token for another instance_url than the one it names',
        )
      }
      return { value: answer.access_token, lifetime: Number.POSITIVE_INFINITY }
    },
  }
}

/** Client credentials are for the org's own host; an assertion is for the login server that its audience names. */
const authServer = (door: HttpDoor, secrets: SalesforceSecrets): Http =>
  door.for({
    host: secrets.flow === 'jwt' ? 'salesforceLogin' : new URL(secrets.instance_url),
    timeout: seconds(30),
    translate: tokenMeaning,
  })

function form(secrets: SalesforceSecrets, now: Date): Record<string, string> {
  if (secrets.flow === 'client_credentials') {
    const { client_id, client_secret } = secrets
    return { grant_type: 'client_credentials', client_id, client_secret }
  }
  const assertion = assertionOf({
    issuer: secrets.client_id,
    subject: secrets.username,
    audience: audienceOf(new URL(secrets.instance_url)),
    privateKey: secrets.private_key,
    now,
  })
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
}

/** The vendor's own sandboxes and scratch orgs have a login server of their own; their My Domain shows what they are. */
function audienceOf({ hostname }: URL): string {
  const isTest = hostname.includes('--') || /\.(sandbox|scratch)\.my\.salesforce\.com$/.test(hostname)
  return `https://${isTest ? 'test' : 'login'}.salesforce.com`
}

const isSame = (given: string, expected: string): boolean =>
  bareUrl(given) !== undefined && bareUrl(given) === bareUrl(expected)

const bareUrl = (text: string): string | undefined => baseUrlOf(text)?.href.replace(/\/$/, '')
