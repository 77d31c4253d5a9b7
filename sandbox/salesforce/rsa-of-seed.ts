import { checkPrimeSync, createHash, createPrivateKey, createPublicKey } from 'node:crypto'

export interface KeyPair {
  /** In PEM. */
  readonly privateKey: string
  readonly publicKey: string
}

const made = new Map<string, KeyPair>()
const publicExponent = 65_537n

/**
 * An RSA key of 2048 bits that is the same for the same seed, so that a sandbox and whoever imports its demo clients need not
 * meet. It guards nothing but made-up data.
 */
export function rsaOfSeed(seed: string): KeyPair {
  const known = made.get(seed)
  if (known) return known
  const p = primeOf(`${seed} p`)
  const q = primeOf(`${seed} q`)
  const [larger, smaller] = p > q ? [p, q] : [q, p]
  const d = inverse(publicExponent, (p - 1n) * (q - 1n))
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: encoded(p * q),
      e: encoded(publicExponent),
      d: encoded(d),
      p: encoded(larger),
      q: encoded(smaller),
      dp: encoded(d % (larger - 1n)),
      dq: encoded(d % (smaller - 1n)),
      qi: encoded(inverse(smaller, larger)),
    },
  })
  const pair = {
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  }
  made.set(seed, pair)
  return pair
}

/** The first prime of 1024 bits, both upper ones set, in a row that the seed begins. */
function primeOf(seed: string): bigint {
  const bytes = createHash('shake256', { outputLength: 128 }).update(seed).digest('hex')
  let candidate = BigInt(`0x${bytes}`) | (3n << 1022n) | 1n
  while (candidate % publicExponent === 1n || !checkPrimeSync(candidate, { checks: 20 })) candidate += 2n
  return candidate
}

function inverse(of: bigint, modulus: bigint): bigint {
  let [previous, current] = [of % modulus, modulus]
  let [a, b] = [1n, 0n]
  while (current !== 0n) {
    const quotient = previous / current
    ;[previous, current] = [current, previous - quotient * current]
    ;[a, b] = [b, a - quotient * b]
  }
  return ((a % modulus) + modulus) % modulus
}

function encoded(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
}
