import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** A key by its id; `key` is 32 bytes. */
export interface SealingKey {
  readonly id: string
  readonly key: Buffer
}

/** A sealed text cannot be opened. Says why, never what is in it. */
export class SecretBoxError extends Error {
  override name = 'SecretBoxError'
  readonly code = 'secret_box'
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * Seals texts with AES-256-GCM as `<key id>:<nonce>:<tag>:<ciphertext>`, the last three in base64url.
 * What a text is sealed for (a credential's id) is authenticated with it, so rows cannot be swapped unnoticed.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #first: SealingKey

  /** The first key seals; all of them open. Throws where there is none, or where two have one id. */
  constructor(keys: readonly SealingKey[]) {
    const [first] = keys
    if (!first) throw new SecretBoxError('no encryption key was given')
    this.#first = first
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]))
    if (this.#keys.size < keys.length) throw new SecretBoxError('two encryption keys have the same id')
  }

  /** The id of the key that seals. */
  get keyId(): string {
    return this.#first.id
  }

  seal(text: string, sealedFor: string): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#first.key, nonce, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(sealedFor))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    const parts = [nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))
    return [this.#first.id, ...parts].join(':')
  }

  /** Throws a `SecretBoxError` for a key that is not at hand, and for anything that was changed or sealed for something else. */
  open(sealed: string, sealedFor: string): string {
    const [keyId = '', ...parts] = sealed.split(':')
    const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'))
    if (
      !nonce ||
      !tag ||
      !text ||
      parts.length !== 3 ||
      nonce.length !== nonceBytes ||
      tag.length !== tagBytes
    )
      throw new SecretBoxError(`secrets of ${sealedFor}: not sealed by us`)
    const key = this.#keys.get(keyId)
    if (!key) {
      throw new SecretBoxError(
        `secrets of ${sealedFor}: sealed with key ${JSON.stringify(keyId)}, which ENCRYPTION_KEYS lacks (it has ${[...this.#keys.keys()].join(', ')})`,
      )
    }
    try {
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(sealedFor))
      decipher.setAuthTag(tag)
      return decipher.update(text, undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      throw new SecretBoxError(
        `secrets of ${sealedFor}: changed since they were sealed, or key ${keyId} is another one by now`,
        { cause },
      )
    }
  }
}
