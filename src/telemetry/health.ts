import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { seconds } from '../lib/durations'
import { listen, stopListening } from '../lib/listen'
import { errorFacts, type Logger } from './logger'
import type { Metrics } from './metrics'

/** Resolves when what it looks at works, and rejects with what is wrong. */
export type Check = (signal: AbortSignal) => Promise<unknown>

export interface HealthOptions {
  /** What must work for this process to be of use, by name: `redis`, `postgres`, `clock`. */
  readonly checks: Readonly<Record<string, Check>>
  readonly logger: Logger
  /** Hears of every check's result. */
  readonly onResult?: (name: string, works: boolean) => void
  /** A check that takes longer has failed. Milliseconds, default 2 s. */
  readonly timeout?: number
}

/** Whether this process is ready. Changes are logged with their reason, once each way; answers carry none. */
export class Health {
  readonly #options: HealthOptions
  readonly #failing = new Set<string>()
  #checking: Promise<boolean> | undefined

  constructor(options: HealthOptions) {
    this.#options = options
  }

  /** True when every check passes. Callers at the same time share one round of checks. */
  async ready(): Promise<boolean> {
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined))
    return this.#checking
  }

  async #check(): Promise<boolean> {
    const { checks } = this.#options
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await inTime(check, this.#options.timeout ?? seconds(2))
          this.#note(name, true)
        } catch (error) {
          this.#note(name, false, error)
        }
      }),
    )
    return this.#failing.size === 0
  }

  #note(name: string, works: boolean, error?: unknown): void {
    const worked = !this.#failing.has(name)
    if (works) this.#failing.delete(name)
    else this.#failing.add(name)
    this.#options.onResult?.(name, works)
    if (works && !worked) this.#options.logger.info('check passes again', { check: name })
    if (!works && worked) this.#options.logger.warn('check fails', { check: name, ...errorFacts(error) })
  }
}

/** True where the request carries this bearer token. Takes as long whatever the difference is. */
export function hasToken(request: IncomingMessage, token: string): boolean {
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export interface HealthServerOptions {
  readonly port: number
  readonly health: Health
  readonly metrics: Metrics
  /** What `/metrics` asks for as a bearer token. */
  readonly metricsToken: string
}

/** `/healthz`, `/readyz` and `/metrics` of a process that has no other web server. */
export class HealthServer implements AsyncDisposable {
  readonly #options: HealthServerOptions
  readonly #server: Server

  constructor(options: HealthServerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch(() => end(response, 500, 'error'))
    })
  }

  /** Resolves with the port it listens on. Fails with a message that names HEALTH_PORT when it cannot. */
  async start(): Promise<number> {
    return listen(this.#server, this.#options.port, 'HEALTH_PORT')
  }

  /** Lets the answers under way end. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await stopListening(this.#server, seconds(1))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { health, metrics, metricsToken } = this.#options
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'only GET')
    switch (request.url ?? '/') {
      case '/healthz':
        return end(response, 200, 'ok')
      case '/readyz':
        return (await health.ready()) ? end(response, 200, 'ready') : end(response, 503, 'not ready')
      case '/metrics':
        if (!hasToken(request, metricsToken)) return end(response, 401, 'a bearer token is needed')
        return end(response, 200, await metrics.expose(), metrics.contentType)
      default:
        return end(response, 404, 'nothing here')
    }
  }
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(`${text}\n`)
}

/** Hands the check a signal that aborts at the timeout, and does not wait for one that ignores it. */
async function inTime(check: Check, timeout: number): Promise<void> {
  const signal = AbortSignal.timeout(timeout)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeout} ms`)))
  })
  await Promise.race([check(signal), late])
}
