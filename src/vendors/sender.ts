import type { Dispatcher } from 'undici'
import type { CallTally } from '../job/call-tally'
import {
  RateLimitedError,
  VendorAuthError,
  VendorResponseError,
  VendorUnavailableError,
  type SyncError,
} from '../job/errors'
import type { RateBucket, VendorAccess, VendorAnswer } from '../job/http'
import type { RateGrant, RateLimiter } from '../job/rate-limiter'
import { inWords, seconds } from '../lib/durations'
import type { Call } from './call'
import { exchange, refusalOf } from './exchange'
import { BrokenOffError, WrongAnswer, type Failure, type Outcome } from './outcome'
import { parsed, type Good, type Open } from './read-answer'
import { BodyTooLargeError } from './read-body'
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

export interface SenderSetup {
  readonly dispatcher: Dispatcher
  readonly limiter: RateLimiter
  readonly onCall: (call: VendorCall) => void
  /** 0 to 1, for jitter. */
  readonly random: () => number
  readonly now: () => Date
}

/** Longest wait for a bucket, and for all pauses of one call together: what takes longer must not hold a worker. */
export const patience = seconds(5)

/** A request on its way: counted once, and its place in the bucket freed once, when `end` is called first. */
export interface Sending {
  end(status: number | undefined, outcome: string): Promise<void>
}

export interface TryOptions<T> {
  readonly signal: AbortSignal
  /** Milliseconds after which the request no longer counts as in flight, whatever became of it. */
  readonly holdFor: number
  /** A first 401 is about the token, and means nothing else yet. */
  readonly mayRenew: boolean
  readonly open: Open<T>
}

/** Sends the requests of one account once each, under a grant of its bucket, and says what came of it. */
export class Sender {
  readonly #setup: SenderSetup
  readonly #access: VendorAccess
  readonly #host: string
  readonly #tally: CallTally
  /** Refusals that named no wait, where no bucket counts them. */
  #refusals = 0

  constructor(setup: SenderSetup, access: VendorAccess, host: string, tally: CallTally) {
    this.#setup = setup
    this.#access = access
    this.#host = host
    this.#tally = tally
  }

  /** One try. After a good one it is for the caller to end the sending, for the answer may still be read. */
  async try<T>(call: Call, options: TryOptions<T>): Promise<{ outcome: Outcome<T>; sending: Sending }> {
    const sending = await this.#begin(call, options)
    try {
      const outcome = await this.#send(call, options)
      if (outcome.error) await sending.end(outcome.status, outcome.error.code)
      return { outcome, sending }
    } catch (error) {
      await sending.end(undefined, 'aborted')
      throw error
    }
  }

  /** What it means that a good answer could not be taken: it is not what was asked for, or it did not all arrive. */
  meaning(call: Call, error: unknown): { error: SyncError; again: boolean } {
    if (error instanceof BodyTooLargeError) {
      return { error: new VendorResponseError(`${call.name}: the answer has ${error.message}`), again: false }
    }
    // Pages of an upstream fault come with status 200 as well, so a wrong answer is asked for again.
    if (error instanceof WrongAnswer) {
      return { error: new VendorResponseError(`${call.name}: ${error.message}`), again: call.repeatable }
    }
    if (error instanceof BrokenOffError) {
      const brokenOff = new VendorUnavailableError(`${call.name}: the answer breaks off ${error.message}`)
      return { error: brokenOff, again: call.repeatable }
    }
    const fault = connectionFault(call.name, error)
    return { error: fault.error, again: call.repeatable || !fault.sent }
  }

  async #begin(call: Call, { signal, holdFor }: { signal: AbortSignal; holdFor: number }): Promise<Sending> {
    const { onCall } = this.#setup
    const grant = await this.#grant(signal, holdFor)
    this.#tally.sent()
    const startedAt = performance.now()
    let hasEnded = false
    return {
      end: async (status, outcome) => {
        if (hasEnded) return
        hasEnded = true
        const durationMs = performance.now() - startedAt
        onCall({ host: this.#host, method: call.method, status, outcome, durationMs })
        await grant?.release()
      },
    }
  }

  async #grant(signal: AbortSignal, holdFor: number): Promise<RateGrant | undefined> {
    const { bucket } = this.#access
    if (!bucket) return undefined
    using _ = this.#tally.waits()
    return await this.#setup.limiter.grant(bucket, { signal, maxWait: patience, holdFor })
  }

  async #send<T>(call: Call, { signal, mayRenew, open }: TryOptions<T>): Promise<Outcome<T>> {
    let status: number | undefined
    const failed = (error: unknown): Outcome<T> => {
      // The reason of an abort is the caller's own or our timeout: either goes up as it is.
      signal.throwIfAborted()
      return { status, ...this.meaning(call, error) }
    }
    let answer: VendorAnswer
    let good: Good<T> | undefined
    try {
      const response = await exchange(call, this.#setup.dispatcher, signal)
      status = response.status
      good = response.ok ? await open(response) : undefined
      const json = good ? good.json : parsed(await refusalOf(response, signal))
      answer = { status, headers: response.headers, json, request: call.name }
    } catch (error) {
      return failed(error)
    }
    const isAboutToken = answer.status === 401 || this.#access.token?.isRefusal?.(answer) === true
    if (mayRenew && isAboutToken) return refusedToken(answer)
    const refusal = await this.#refusal(call, answer)
    if (refusal || !good) {
      await good?.drop()
      return refusal ?? failed(new WrongAnswer(`status ${status}`))
    }
    try {
      const value = await good.take()
      this.#refusals = 0
      return { status: answer.status, value }
    } catch (error) {
      return failed(error)
    }
  }

  /** What an answer means that is not what was asked for; undefined for a good one. */
  async #refusal(call: Call, answer: VendorAnswer): Promise<Failure | undefined> {
    const { status, headers } = answer
    const error = this.#access.translate?.(answer) ?? ordinaryMeaning(answer)
    const stated = retryAfterOf(headers.get('retry-after'), this.#setup.now())
    if (error instanceof RateLimitedError)
      return this.#toldToWait(answer, error.isGuess ? undefined : error.retryAfter, error)
    if (error) {
      const passing = error.errorClass === 'vendor-down' || error.errorClass === 'transient'
      return { status, error, again: call.repeatable && passing, pause: stated }
    }
    return status === 429 ? this.#toldToWait(answer, stated) : undefined
  }

  /** The vendor asks everybody who shares the bucket to wait. It did not act, so asking again is safe. */
  async #toldToWait(
    { status, request }: VendorAnswer,
    stated: number | undefined,
    told?: RateLimitedError,
  ): Promise<Failure> {
    const pause = await this.#block(stated, told?.bucket)
    const what = told?.message ?? `${request}: status ${status}`
    const error = new RateLimitedError(`${what}, wait ${inWords(pause)}`, pause, told && { cause: told })
    return { status, error, again: true, pause }
  }

  /** Of its own bucket, or of the one that the refusal names. */
  async #block(stated: number | undefined, named: string | undefined): Promise<number> {
    const { limiter, random } = this.#setup
    const [own, ...wider] = bucketsOf(this.#access)
    const bucket = wider.find(({ key }) => key === named) ?? own
    if (bucket && stated === undefined) return limiter.backOff(bucket.key, bucket.pauses)
    if (bucket && stated !== undefined) await limiter.block(bucket.key, stated)
    if (stated !== undefined) return stated
    this.#refusals += 1
    return Math.min(seconds(60), seconds(2) * 2 ** (this.#refusals - 1)) * (1 + random() / 4)
  }
}

/** Its own first, then the ones around it. */
function bucketsOf({ bucket }: VendorAccess): RateBucket[] {
  const buckets: RateBucket[] = []
  for (let at = bucket; at; at = at.within) buckets.push(at)
  return buckets
}

function refusedToken({ status, request }: VendorAnswer): Failure {
  const error = new VendorAuthError(`${request}: status ${status}, the token is refused`)
  return { status, error, again: true, refusesToken: true }
}
