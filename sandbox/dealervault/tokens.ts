import { createHash } from 'node:crypto'
import { minutes } from '../../src/lib/durations'

/** The tokens that a program was given, each good for half an hour. */
export class Tokens {
  readonly #seed: string
  readonly #expiry = new Map<string, number>()
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  issue(now: number): string {
    this.#count += 1
    const token = `jwt.${createHash('sha256').update(`${this.#seed} ${this.#count}`).digest('hex')}`
    this.#expiry.set(token, now + minutes(30))
    return token
  }

  isGood(token: string, now: number): boolean {
    const expiry = this.#expiry.get(token)
    return expiry !== undefined && now < expiry
  }

  /** None of those that were given out is good any more. */
  expire(): void {
    this.#expiry.clear()
  }
}
