import { createHash } from 'node:crypto'
import type { Redis } from './connection'

/** A Lua script that travels once: by its digest wherever Redis has it already. */
export class Script {
  readonly #lua: string
  readonly #digest: string

  constructor(lua: string) {
    this.#lua = lua
    this.#digest = createHash('sha1').update(lua).digest('hex')
  }

  /** Runs it; resolves with its reply. Rejects as any command of this connection does. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#digest, keys.length, ...keys, ...args)
    } catch (error) {
      // A Redis that was restarted, wiped or failed over has forgotten it.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return redis.eval(this.#lua, keys.length, ...keys, ...args)
    }
  }
}
