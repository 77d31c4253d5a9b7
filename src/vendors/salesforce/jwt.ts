import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { VendorAuthError } from '../../job/errors'
import { minutes } from '../../lib/durations'

export interface AssertionOptions {
  /** The app's consumer key. */
  readonly issuer: string
  /** The integration user's name. */
  readonly subject: string
  /** The vendor's login server, by its public name. */
  readonly audience: string
  /** RSA, in PEM. */
  readonly privateKey: string
  readonly now: Date
}

/** A signed statement that we are the app and speak for the user, good for three minutes. Throws where the key cannot sign. */
export function assertionOf({ issuer, subject, audience, privateKey, now }: AssertionOptions): string {
  const claims = {
    iss: issuer,
    sub: subject,
    aud: audience,
    exp: Math.floor((now.getTime() + minutes(3)) / 1000),
  }
  const unsigned = `${encoded({ alg: 'RS256' })}.${encoded(claims)}`
  const signature = sign('RSA-SHA256', Buffer.from(unsigned), keyOf(privateKey))
  return `${unsigned}.${signature.toString('base64url')}`
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

function keyOf(pem: string): KeyObject {
  let key: KeyObject | undefined
  try {
    // A file of secrets may hold the line breaks as backslash and n.
    key = createPrivateKey(pem.replaceAll(String.raw`\n`, '\n'))
  } catch {
    // The parser's own error may quote the key.
  }
  if (key?.asymmetricKeyType === 'rsa') return key
  throw new VendorAuthError('private_key: expected an RSA private key in PEM without a passphrase')
}
