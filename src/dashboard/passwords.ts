import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'

/** scrypt's parameters. Memory is about `128 × N × r` bytes per check. */
export interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** OWASP's setting for 32 MiB per check, so that a few logins at once do not starve a small container. */
export const defaultCost: Cost = { N: 2 ** 15, r: 8, p: 3 }

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/**
 * Hashes and checks passwords. A hash carries its own parameters, so raising the cost leaves older hashes valid:
 * `scrypt:N:r:p:<salt>:<key>`, salt and key in base64url.
 */
export class Passwords {
  readonly #cost: Cost
  /** Fits no password, and costs as much to check as a real hash. */
  readonly #decoy: string

  constructor(cost: Cost = defaultCost) {
    this.#cost = cost
    this.#decoy = written(cost, randomBytes(16), randomBytes(32))
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(16)
    return written(this.#cost, salt, await derived(password, salt, this.#cost))
  }

  /** True where the password is the hash's. Without a hash it is false, and takes as long as with one. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const { cost, salt, key } = parsed(hash ?? this.#decoy)
    const matches = timingSafeEqual(await derived(password, salt, cost), key)
    return matches && hash !== undefined
  }
}

const written = ({ N, r, p }: Cost, salt: Buffer, key: Buffer): string =>
  ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join(':')

const derived = async (password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> =>
  // Node refuses above 32 MiB unless told otherwise.
  derive(password.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r })

function parsed(hash: string): { cost: Cost; salt: Buffer; key: Buffer } {
  const [scheme, N, r, p, salt, key] = hash.split(':')
  if (scheme !== 'scrypt' || !salt || !key) throw new Error('a password hash in the ledger cannot be read')
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  }
}
