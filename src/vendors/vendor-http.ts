import { RateLimitedError, VendorResponseError, VendorTimeoutError, type SyncError } from '../job/errors'
import type { Http, HttpRequest, VendorAccess } from '../job/http'
import type { RateLimiter } from '../job/rate-limiter'
import type { Dispatcher } from 'undici'
import { inWords, seconds } from '../lib/durations'
import { LinkedAbort } from '../lib/linked-abort'
import { callOf, type Call } from './call'
import { exchange, type ExchangeAnswer } from './exchange'
import { BodyTooLargeError } from './read-body'
import { placesOf } from './redact'
import { retryAfterOf } from './retry-after'
import { connectionFault, ordinaryMeaning } from './translate'

/** One request that was sent, for counting. */
export interface VendorCall {
  /** A `VendorHost`, or the host of a credential's own URL. */
  readonly host: string
  readonly method: string
  /** Undefined where no answer came. */
  readonly status: number | undefined
  /** `ok`, the code of the error that it came to, or `aborted`. */
  readonly outcome: string
  readonly durationMs: number
}

/** What all clients of one door have in common. */
export interface VendorHttpSetup {
  readonly dispatcher: Dispatcher
  readonly limiter: RateLimiter
  readonly userAgent: string
  readonly onCall: (call: VendorCall) => void
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** 0 to 1, for jitter. */
  readonly random: () => number
  readonly now: () => Date
}

/** Longest wait for a bucket, and for all pauses of one call together: what takes longer must not hold a worker. */
const patience = seconds(5)
const tries = 3
const defaultTimeout = seconds(60)
const defaultMaxBytes = 32 * 1024 * 1024

/** How one try ended. */
type Outcome<T> =
  | { readonly status: number; readonly value: T; readonly error?: never }
  | {
      readonly status: number | undefined
      readonly error: SyncError
      /** Another try may help and does no harm. */
      readonly again: boolean
      /** The wait that the vendor asked for, in milliseconds. */
      readonly pause?: number | undefined
    }

/** The calls of one account to one vendor: each under a grant of its bucket, repeated where that is safe. */
export class VendorHttp implements Http {
  readonly #setup: VendorHttpSetup
  readonly #access: VendorAccess
  readonly #base: URL
  readonly #host: string
  readonly #timeout: number
  /** Refusals that named no wait, where no bucket counts them. */
  #refusals = 0

  constructor(setup: VendorHttpSetup, access: VendorAccess, base: URL) {
    this.#setup = setup
    this.#access = access
    this.#base = base
    this.#host = typeof access.host === 'string' ? access.host : base.host
    this.#timeout = access.timeout ?? defaultTimeout
  }

  async get<T>(path: string, request: HttpRequest<T>): Promise<T> {
    return this.#perform('GET', path, request)
  }

  async post<T>(path: string, request: HttpRequest<T>): Promise<T> {
    return this.#perform('POST', path, request)
  }

  async #perform<T>(method: 'GET' | 'POST', path: string, request: HttpRequest<T>): Promise<T> {
    const call = callOf(method, path, request, {
      base: this.#base,
      host: this.#host,
      headers: { 'User-Agent': this.#setup.userAgent, Accept: 'application/json', ...this.#access.headers },
    })
    using limit = new LinkedAbort(request.signal).after(
      this.#timeout,
      () => new VendorTimeoutError(`${call.name}: not done within ${inWords(this.#timeout)}`),
    )
    let failures = 0
    let paused = 0
    for (;;) {
      const outcome = await this.#try(call, limit.signal)
      if (!outcome.error) return outcome.value
      if (!(outcome.error instanceof RateLimitedError)) failures += 1
      if (!outcome.again || failures === tries) throw outcome.error
      // Never none at all: a vendor that answers "retry after 0" for ever must run us out of patience.
      const pause = Math.max(outcome.pause ?? this.#backoff(failures), 100)
      if (paused + pause > patience) throw outcome.error
      paused += pause
      await this.#setup.wait(pause, limit.signal)
    }
  }

  #backoff(failures: number): number {
    return seconds(0.5) * 2 ** (failures - 1) * (0.5 + this.#setup.random())
  }

  async #try<T>(call: Call<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const { bucket } = this.#access
    const holdFor = this.#timeout + patience
    const grant = bucket && (await this.#setup.limiter.grant(bucket, { signal, maxWait: patience, holdFor }))
    const startedAt = performance.now()
    const count = (status: number | undefined, outcome: string): void => {
      const durationMs = performance.now() - startedAt
      this.#setup.onCall({ host: this.#host, method: call.method, status, outcome, durationMs })
    }
    try {
      const outcome = await this.#send(call, signal)
      count(outcome.status, outcome.error?.code ?? 'ok')
      return outcome
    } catch (error) {
      count(undefined, 'aborted')
      throw error
    } finally {
      await grant?.release()
    }
  }

  async #send<T>(call: Call<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const { maxBytes = defaultMaxBytes } = this.#access
    let answer: ExchangeAnswer
    try {
      answer = await exchange({ ...call, maxBytes }, this.#setup.dispatcher, signal)
    } catch (error) {
      // The reason of an abort is the caller's own or our timeout: either goes up as it is.
      signal.throwIfAborted()
      if (error instanceof BodyTooLargeError) {
        const tooLarge = new VendorResponseError(`${call.name}: the answer has ${error.message}`)
        return { status: undefined, error: tooLarge, again: false }
      }
      const fault = connectionFault(call.name, error)
      return { status: undefined, error: fault.error, again: call.repeatable || !fault.sent }
    }
    return this.#interpret(call, answer)
  }

  async #interpret<T>(call: Call<T>, { status, headers, body }: ExchangeAnswer): Promise<Outcome<T>> {
    const answer = { status, headers, json: parsed(body), request: call.name }
    const error = this.#access.translate?.(answer) ?? ordinaryMeaning(answer)
    const stated = retryAfterOf(headers.get('retry-after'), this.#setup.now())
    if (error instanceof RateLimitedError) return this.#refused(call, status, error.retryAfter)
    if (error) {
      const passing = error.errorClass === 'vendor-down' || error.errorClass === 'transient'
      return { status, error, again: call.repeatable && passing, pause: stated }
    }
    if (status === 429) return this.#refused(call, status, stated)
    // Pages of an upstream fault come with status 200 as well, so a wrong answer is asked for again.
    const wrong = (how: string): Outcome<T> => ({
      status,
      error: new VendorResponseError(`${call.name}: ${how}`),
      again: call.repeatable,
    })
    if (answer.json === undefined && status !== 204) return wrong('the answer is not valid JSON')
    const checked = call.schema.safeParse(answer.json)
    if (!checked.success) return wrong(`the answer is not as documented at ${placesOf(checked.error)}`)
    this.#refusals = 0
    return { status, value: checked.data }
  }

  /** The vendor asks everybody who shares the bucket to wait. It did not act, so asking again is safe. */
  async #refused<T>(call: Call<T>, status: number, stated: number | undefined): Promise<Outcome<T>> {
    const pause = await this.#block(stated)
    const error = new RateLimitedError(`${call.name}: status ${status}, wait ${inWords(pause)}`, pause)
    return { status, error, again: true, pause }
  }

  async #block(stated: number | undefined): Promise<number> {
    const { limiter, random } = this.#setup
    const key = this.#access.bucket?.key
    if (key !== undefined && stated === undefined) return limiter.backOff(key)
    if (key !== undefined && stated !== undefined) await limiter.block(key, stated)
    if (stated !== undefined) return stated
    this.#refusals += 1
    return Math.min(seconds(60), seconds(2) * 2 ** (this.#refusals - 1)) * (1 + random() / 4)
  }
}

/** Undefined where the text is no JSON. The parser's own error is dropped: it quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
