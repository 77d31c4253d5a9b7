import { z } from 'zod'
import { VendorResponseError } from '../../src/job/errors'
import type { Operations } from '../../src/job/sync'
import { hours, inWords, minutes } from '../../src/lib/durations'
import type { ExtractRequest, FortellisClient } from '../../src/vendors/fortellis/client'
import { OperationLostError } from '../../src/vendors/fortellis/errors'
import type { Mishap } from './remedies'

/** What is kept of an operation while the vendor works on it. */
const Details = z.strictObject({
  operationId: z.string(),
  startedAt: z.iso.datetime(),
  /** Not asked for its state before then. */
  checkAt: z.iso.datetime(),
})
type Details = z.output<typeof Details>

/** The vendor keeps a result for so long. */
const keptFor = hours(24)
const patience = minutes(30)

/** The vendor's work on an extract came to nothing. */
export class MishapError extends VendorResponseError {
  override name = 'MishapError'
  readonly mishap: Mishap

  constructor(mishap: Mishap, message: string) {
    super(message)
    this.mishap = mishap
  }
}

/** The records may be read. */
export interface Ready {
  readonly kind: 'ready'
  /** Undefined where they came at once. */
  readonly operationId: string | undefined
  readonly records: Iterable<unknown> | AsyncIterable<unknown>
}

/** How it goes on: a wait is in milliseconds. */
export type Proceeding = Ready | { readonly kind: 'waiting'; readonly after: number }

export interface OperationDoors {
  readonly client: FortellisClient
  readonly operations: Operations
  readonly signal: AbortSignal
  readonly now: Date
  /** When the extract was decided upon: it tells apart two that are otherwise the same. */
  readonly asOf: string
}

/** One extract at the vendor: started once, kept before it is waited for, looked at when the vendor says. */
export class OperationUnderWay {
  readonly #request: ExtractRequest
  readonly #doors: OperationDoors
  readonly #purpose: string

  constructor(request: ExtractRequest, doors: OperationDoors) {
    const { resource, department, list, from, to } = request
    this.#request = request
    this.#doors = doors
    const window = from === null ? 'everything' : `${from}/${to ?? ''}`
    this.#purpose = `${resource} ${department} ${list} ${window} as of ${doors.asOf}`
  }

  /** Whether the vendor was asked for it already. */
  async isKnown(): Promise<boolean> {
    return (await this.#kept()) !== undefined
  }

  /** Starts it, or sees how far it is. Throws `MishapError` or `OperationLostError` where it came to nothing. */
  async proceed(): Promise<Proceeding> {
    const kept = await this.#kept()
    return kept ? this.#look(kept) : this.#start()
  }

  async forget(): Promise<void> {
    await this.#doors.operations.forget(this.#purpose)
  }

  async #kept(): Promise<Details | undefined> {
    return Details.safeParse((await this.#doors.operations.find(this.#purpose))?.details).data
  }

  async #start(): Promise<Proceeding> {
    const { client, signal, now } = this.#doors
    const started = await client.start(this.#request, signal)
    if ('records' in started) return { kind: 'ready', operationId: undefined, records: started.records }
    const of = { operationId: started.operationId, startedAt: now.toISOString() }
    const waiting = await this.#wait(of, started.checkAfter)
    return started.checkAfter > 0 ? waiting : this.#look({ ...of, checkAt: now.toISOString() })
  }

  async #look(kept: Details): Promise<Proceeding> {
    const { client, signal, now } = this.#doors
    const { operationId, startedAt, checkAt } = kept
    const age = now.getTime() - Date.parse(startedAt)
    if (age > keptFor) throw new OperationLostError(`operation ${operationId} is ${inWords(age)} old`)
    const early = Date.parse(checkAt) - now.getTime()
    if (early > 0) return { kind: 'waiting', after: early }
    const state = await client.state(this.#request, operationId, signal)
    switch (state.status) {
      case 'complete':
        return {
          kind: 'ready',
          operationId,
          records: client.result(this.#request, operationId, signal),
        }
      case 'error':
        throw new MishapError('error', `operation ${operationId} ended in an error`)
      case 'received':
        if (age >= patience)
          throw new MishapError('slow', `operation ${operationId} is not ready after ${inWords(age)}`)
        return this.#wait({ operationId, startedAt }, state.checkAfter)
    }
  }

  async #wait(of: Pick<Details, 'operationId' | 'startedAt'>, after: number): Promise<Proceeding> {
    const { operations, now } = this.#doors
    const checkAt = new Date(now.getTime() + after).toISOString()
    await operations.keep(this.#purpose, { ...of, checkAt })
    return { kind: 'waiting', after }
  }
}
