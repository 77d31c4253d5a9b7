import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { VendorAuthError } from '../../job/errors'

/** As a service account that customers or their manager let in. */
export interface ServiceAccount {
  readonly flow: 'service_account'
  readonly client_email: string
  /** In PEM. */
  readonly private_key: string
}

const scope = 'https://www.googleapis.com/auth/adwords'
/** What Google wants to read, wherever its token endpoint is reached. */
const audience = 'https://oauth2.googleapis.com/token'
const life = 3600
/** Our clock may be ahead of Google's, which takes no assertion from the future. */
const backdated = 30

/** What a service account shows for an access token: a JWT signed with RS256, good for an hour. */
export function assertion({ client_email, private_key }: ServiceAccount, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000) - backdated
  const claims = { iss: client_email, scope, aud: audience, iat, exp: iat + life }
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), keyOf(private_key)).toString('base64url')}`
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

function keyOf(pem: string): KeyObject {
  let key: KeyObject | undefined
  try {
    // Keys are often copied out of JSON with their line breaks still written as \n.
    key = createPrivateKey(pem.replaceAll(String.raw`\n`, '\n'))
  } catch {
    // The parser's error may quote the key.
  }
  if (key?.asymmetricKeyType === 'rsa') return key
  throw new VendorAuthError('private_key: expected an RSA key in PEM, as in the service account’s JSON file')
}
