import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { z } from 'zod'
import { VendorAuthError, VendorRequestError, VendorUnavailableError } from '../../../src/job/errors'
import { assertion } from '../../../src/vendors/google/assertion'
import { tokenMeaning } from '../../../src/vendors/google/token'
import { googleCustomer, googleSecrets, googleWorld } from '../../support/google-world'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const client_email = 'sync@project.example'
const account = { flow: 'service_account', client_email, private_key: privateKey } as const
const now = new Date('2026-03-10T16:00:00Z')
const part = (text = ''): unknown => JSON.parse(Buffer.from(text, 'base64url').toString())

describe('a service account’s assertion', () => {
  test('says who asks for what, for an hour at most, and is signed', () => {
    const [head, claims, signature = ''] = assertion(account, now).split('.')
    expect(part(head)).toEqual({ alg: 'RS256', typ: 'JWT' })
    const at = now.getTime() / 1000
    expect(part(claims)).toEqual({
      iss: client_email,
      scope: 'https://www.googleapis.com/auth/adwords',
      aud: 'https://oauth2.googleapis.com/token',
      iat: at - 30,
      exp: at + 3570,
    })
    const signed = Buffer.from(`${head}.${claims}`)
    expect(
      verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url')),
    ).toBe(true)
  })

  test('is made from a key whose line breaks are written out, too', () => {
    const private_key = privateKey.replaceAll('\n', String.raw`\n`)
    expect(assertion({ ...account, private_key }, now)).toBe(assertion(account, now))
  })

  test.each([
    '-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n',
    generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey,
  ])('needs an RSA key, and tells nothing of another', (private_key) => {
    const make = () => assertion({ ...account, private_key }, now)
    expect(make).toThrow(VendorAuthError)
    expect(make).toThrow(/^private_key: expected an RSA key/)
  })

  test('opens the door', async () => {
    const { developer_token, login_customer_id } = googleSecrets
    await using world = await googleWorld({
      google: {
        credentials: [{ flow: 'service_account', client_email, public_key: publicKey, developer_token }],
      },
    })
    const ask = async (private_key: string) => {
      const client = world.clientOf({ ...account, private_key, developer_token, login_customer_id })
      const query = 'SELECT customer.id FROM customer'
      return client.search(googleCustomer.id, query, z.unknown(), new AbortController().signal).next()
    }
    expect((await ask(privateKey)).value).toMatchObject({ rows: [{ customer: { id: googleCustomer.id } }] })
    const another = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    await expect(ask(String(another.export({ type: 'pkcs8', format: 'pem' })))).rejects.toThrow(
      VendorAuthError,
    )
  })
})

describe('what an answer of the token endpoint means', () => {
  const meaning = (status: number, body: unknown) =>
    tokenMeaning({ status, json: body, headers: { get: () => null }, request: 'POST googleOauth /token' })

  test.each([
    [400, 'invalid_grant'],
    [401, 'invalid_client'],
    [400, 'unauthorized_client'],
    [403, 'access_denied'],
  ])('status %i %s needs a person', (status, error) => {
    const said = meaning(status, { error, error_description: 'CANARY' })
    expect(said).toBeInstanceOf(VendorAuthError)
    expect(said?.message).not.toContain('CANARY')
  })

  test('another mistake of ours is one, and trouble of Google’s passes', async () => {
    expect(meaning(400, { error: 'invalid_request' })).toBeInstanceOf(VendorRequestError)
    expect(meaning(503, undefined)).toBeUndefined()
    await using world = await googleWorld()
    world.sandbox.faults.add({ kind: 'status', status: 503, path: 'token', times: 3 })
    const asked = world
      .clientOf()
      .stream(
        googleCustomer.id,
        'SELECT customer.id FROM customer',
        z.unknown(),
        new AbortController().signal,
      )
    await expect(asked.next()).rejects.toThrow(VendorUnavailableError)
  })
})
