import { SecretBox, SecretBoxError } from '../../../src/ledger/accounts/secret-box'
import { sealingKey } from '../world'

const setup = () => {
  const [old, current] = [sealingKey('old'), sealingKey('new')]
  return { old, current, box: new SecretBox([current, old]) }
}

describe('SecretBox', () => {
  test('opens what it sealed, and never seals a text twice alike', () => {
    const { box } = setup()
    const sealed = box.seal('{"key":"ü"}', 'acme')

    expect(sealed).toMatch(/^new(:[A-Za-z0-9_-]+){3}$/)
    expect(box.open(sealed, 'acme')).toBe('{"key":"ü"}')
    expect(box.seal('{"key":"ü"}', 'acme')).not.toBe(sealed)
  })

  test('opens what an older key sealed', () => {
    const { old, box } = setup()

    expect(box.open(new SecretBox([old]).seal('x', 'acme'), 'acme')).toBe('x')
  })

  test('names the key that is missing', () => {
    const { box, old } = setup()

    expect(() => new SecretBox([old]).open(box.seal('x', 'acme'), 'acme')).toThrow(
      'secrets of acme: sealed with key "new", which ENCRYPTION_KEYS lacks (it has old)',
    )
  })

  test('refuses what was changed, cut, or sealed for another credential', () => {
    const { box } = setup()
    const sealed = box.seal('a secret', 'acme')
    const [keyId = '', nonce = '', tag = '', text = ''] = sealed.split(':')
    const other = Buffer.from(text, 'base64url')
    other[0] = (other[0] ?? 0) ^ 1

    expect(() => box.open(sealed, 'other')).toThrow(SecretBoxError)
    expect(() => box.open([keyId, nonce, tag, other.toString('base64url')].join(':'), 'acme')).toThrow(
      SecretBoxError,
    )
    expect(() => box.open([keyId, nonce, tag.slice(0, 6), text].join(':'), 'acme')).toThrow(SecretBoxError)
    expect(() => box.open('plain text', 'acme')).toThrow(SecretBoxError)
  })

  test('needs keys of different ids', () => {
    expect(() => new SecretBox([])).toThrow('no encryption key was given')
    expect(() => new SecretBox([sealingKey('k1'), sealingKey('k1')])).toThrow('the same id')
  })
})
