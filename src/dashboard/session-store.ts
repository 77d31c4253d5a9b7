import { callbackify } from 'node:util'
import { Store, type SessionData } from 'express-session'
import type { ExpiringValues } from '../queue/expiring-values'

declare module 'express-session' {
  interface SessionData {
    /** Who logged in, when (milliseconds since 1970), and the state of the user's row by then. */
    login: { readonly name: string; readonly at: number; readonly userVersion: string }
  }
}

/** Keeps express-session's sessions in Redis for `idle` milliseconds after their last use. */
export class SessionStore extends Store {
  readonly #values: ExpiringValues
  readonly #idle: number

  constructor(values: ExpiringValues, idle: number) {
    super()
    this.#values = values
    this.#idle = idle
  }

  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    const read = async () => {
      const text = await this.#values.get(key(id))
      return text === null ? null : (JSON.parse(text) as SessionData)
    }
    callbackify(read)(callback)
  }

  override set(id: string, session: SessionData, callback: (error?: unknown) => void = ignore): void {
    callbackify(async () => this.#values.set(key(id), JSON.stringify(session), this.#idle))(callback)
  }

  override touch(id: string, _session: SessionData, callback: (error?: unknown) => void = ignore): void {
    callbackify(async () => this.#values.touch(key(id), this.#idle))(callback)
  }

  override destroy(id: string, callback: (error?: unknown) => void = ignore): void {
    callbackify(async () => this.#values.delete(key(id)))(callback)
  }
}

const key = (id: string): string => `session:${id}`
const ignore = (): void => undefined
