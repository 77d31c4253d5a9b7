import type { CallTally } from '../job/call-tally'
import { RateLimitedError, VendorTimeoutError } from '../job/errors'
import type { Http, HttpRequest, StreamRequest, VendorAccess } from '../job/http'
import { inWords, minutes, seconds } from '../lib/durations'
import { LinkedAbort } from '../lib/linked-abort'
import { callOf, carrying, type Call } from './call'
import type { Outcome } from './outcome'
import { streamed, whole, type Streamed } from './read-answer'
import { patience, Sender, type SenderSetup, type Sending } from './sender'
import type { TokenCache } from './token-cache'

/** What all clients of one door have in common. */
export interface VendorHttpSetup extends SenderSetup {
  readonly tokens: TokenCache
  readonly userAgent: string
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Longest silence inside a streamed answer, in milliseconds. */
  readonly idleTimeout: number
}

const tries = 3
const defaultTimeout = seconds(60)
const defaultMaxBytes = 32 * 1024 * 1024
/** A streamed answer takes as long as its reader does. Past this, the place in the bucket of one that crashed is free again. */
const longestStream = minutes(15)

/** One try of a call that carries its token; `mayRenew` until a token was refused. */
type Try<T> = (call: Call, mayRenew: boolean) => Promise<Outcome<T>>

/** The calls of one account to one vendor: each under a grant of its bucket, repeated where that is safe. */
export class VendorHttp implements Http {
  readonly #setup: VendorHttpSetup
  readonly #access: VendorAccess
  readonly #base: URL
  readonly #host: string
  readonly #sender: Sender
  readonly #tally: CallTally
  readonly #timeout: number
  readonly #maxBytes: number

  constructor(setup: VendorHttpSetup, access: VendorAccess, base: URL, tally: CallTally) {
    this.#setup = setup
    this.#access = access
    this.#base = base
    this.#host = typeof access.host === 'string' ? access.host : base.host
    this.#sender = new Sender(setup, access, this.#host, tally)
    this.#tally = tally
    this.#timeout = access.timeout ?? defaultTimeout
    this.#maxBytes = access.maxBytes ?? defaultMaxBytes
  }

  async get<T>(path: string, request: HttpRequest<T>): Promise<T> {
    return this.#perform('GET', path, request)
  }

  async post<T>(path: string, request: HttpRequest<T>): Promise<T> {
    return this.#perform('POST', path, request)
  }

  async *stream<T>(
    method: 'GET' | 'POST',
    path: string,
    request: StreamRequest<T>,
  ): AsyncGenerator<T, void, undefined> {
    const call = this.#call(method, path, request)
    using limit = new LinkedAbort(request.signal)
    const { first, rest, sending } = await this.#opened(call, request, limit)
    let outcome = 'aborted'
    try {
      for (let next = first; !next.done; next = await rest.next()) yield next.value
      outcome = 'ok'
    } catch (error) {
      limit.signal.throwIfAborted()
      const { error: meant } = this.#sender.meaning(call, error)
      outcome = meant.code
      throw meant
    } finally {
      await rest.return()
      await sending.end(200, outcome)
    }
  }

  async #perform<T>(method: 'GET' | 'POST', path: string, request: HttpRequest<T>): Promise<T> {
    const call = this.#call(method, path, request)
    using limit = new LinkedAbort(request.signal)
    using _ = this.#deadline(call, limit)
    const { signal } = limit
    const open = whole(request.schema, this.#maxBytes)
    const holdFor = this.#timeout + patience
    return await this.#repeat(call, signal, async (sent, mayRenew) => {
      const { outcome, sending } = await this.#sender.try(sent, { signal, mayRenew, holdFor, open })
      await sending.end(outcome.status, 'ok')
      return outcome
    })
  }

  /** A streamed answer up to its first element: until then it may be asked for again, and the whole timeout counts. */
  async #opened<T>(
    call: Call,
    { each, field }: StreamRequest<T>,
    limit: LinkedAbort,
  ): Promise<Streamed<T> & { sending: Sending }> {
    using _ = this.#deadline(call, limit)
    const { signal } = limit
    const { idleTimeout } = this.#setup
    const silent = (): Error =>
      new VendorTimeoutError(`${call.name}: nothing arrives for ${inWords(idleTimeout)}`)
    const waiting = (): Disposable => abortAfter(limit, idleTimeout, silent)
    const open = streamed({ each, field, maxBytes: this.#maxBytes, waiting })
    const holdFor = this.#timeout + longestStream
    return await this.#repeat(call, signal, async (sent, mayRenew) => {
      const { outcome, sending } = await this.#sender.try(sent, { signal, mayRenew, holdFor, open })
      return outcome.error ? outcome : { ...outcome, value: { ...outcome.value, sending } }
    })
  }

  #call(method: 'GET' | 'POST', path: string, request: Omit<HttpRequest<unknown>, 'schema'>): Call {
    return callOf(method, path, request, {
      base: this.#base,
      host: this.#host,
      headers: { 'User-Agent': this.#setup.userAgent, Accept: 'application/json', ...this.#access.headers },
    })
  }

  #deadline(call: Call, limit: LinkedAbort): Disposable {
    const late = (): Error =>
      new VendorTimeoutError(`${call.name}: not done within ${inWords(this.#timeout)}`)
    return abortAfter(limit, this.#timeout, late)
  }

  /** Tries until one is good, and throws the last one's error where another would not help or would take too long. */
  async #repeat<T>(call: Call, signal: AbortSignal, attempt: Try<T>): Promise<T> {
    let failures = 0
    let paused = 0
    let mayRenew = this.#access.token !== undefined
    for (;;) {
      const token = await this.#token(signal)
      const outcome = await attempt(this.#carrying(call, token), mayRenew)
      if (!outcome.error) return outcome.value
      if (outcome.refusesToken) {
        mayRenew = false
        this.#drop(token)
        continue
      }
      if (!(outcome.error instanceof RateLimitedError)) failures += 1
      if (!outcome.again || failures === tries) throw outcome.error
      // Never none at all: a vendor that answers "retry after 0" for ever must run us out of patience.
      const pause = Math.max(outcome.pause ?? this.#backoff(failures), 100)
      if (paused + pause > patience) throw outcome.error
      paused += pause
      using _ = outcome.error instanceof RateLimitedError ? this.#tally.waits() : undefined
      await this.#setup.wait(pause, signal)
    }
  }

  /** Fetched before the place in the bucket is taken: the token's own request may need one too. */
  async #token(signal: AbortSignal): Promise<string | undefined> {
    const { token } = this.#access
    return token && this.#setup.tokens.get(token.key, token.fetch, signal)
  }

  #carrying(call: Call, token: string | undefined): Call {
    if (token === undefined) return call
    return carrying(call, this.#access.token?.headersOf?.(token) ?? { Authorization: `Bearer ${token}` })
  }

  #drop(token: string | undefined): void {
    const { key } = this.#access.token ?? {}
    if (key !== undefined && token !== undefined) this.#setup.tokens.invalidate(key, token)
  }

  #backoff(failures: number): number {
    return seconds(0.5) * 2 ** (failures - 1) * (0.5 + this.#setup.random())
  }
}

/** Aborts after so many milliseconds, unless it is disposed of before. */
function abortAfter(limit: LinkedAbort, milliseconds: number, reason: () => Error): Disposable {
  const timer = setTimeout(() => limit.abort(reason()), milliseconds)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
