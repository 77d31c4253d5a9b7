import { NotReadyError, VendorResponseError, type SyncError } from '../../src/job/errors'
import type { Operations, SharedPlace } from '../../src/job/sync'
import { inWords, minutes, seconds } from '../../src/lib/durations'
import type { DeliveryState, FileType } from '../../src/vendors/dealervault/answers'
import type { DealerVaultClient } from '../../src/vendors/dealervault/client'
import { Delivery, type Order, type ReadyDelivery } from './delivery'
import { FeedNote, noteLasts, standingOf, type Standing } from './feed-notes'

/** Of one feed: the name under which its delivery is kept, and what the vendor calls it. */
export interface Purpose {
  readonly purpose: string
  readonly fileType: FileType
}

/** The vendor failed to make a delivery, and is asked again after a while. The account's other feeds need not wait. */
export class PutOffError extends NotReadyError {
  override name = 'PutOffError'
}

/** Waits before a delivery that failed is asked for again. */
const afterFailures = [minutes(15), minutes(60)]
const longestLook = minutes(1)
const patience = minutes(60)
/** Deliveries that may be in progress at once for a whole program. The vendor publishes no limit; this is ours. */
const atOnce = 4

export interface DeliveriesOptions {
  readonly client: DealerVaultClient
  readonly operations: Operations
  readonly rooftopId: string
  readonly programId: string
  readonly now: Date
  /** Milliseconds before the first look at a delivery. */
  readonly firstLook: number
  readonly signal: AbortSignal
}

/** The deliveries of one rooftop: asked for once, kept before they are waited for, and asked for again where they come to nothing. */
export class Deliveries {
  readonly #options: DeliveriesOptions

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** What earlier attempts have left of a feed. */
  async standing({ purpose }: Purpose): Promise<Standing> {
    const { operations, now } = this.#options
    const details = (await operations.find(purpose))?.details
    const { data: delivery } = Delivery.safeParse(details)
    if (delivery) return { kind: 'under way', delivery }
    const { data: note } = FeedNote.safeParse(details)
    const isCurrent = note && now.getTime() - Date.parse(note.at) < noteLasts
    return (isCurrent ? standingOf(note) : undefined) ?? { kind: 'untouched' }
  }

  /** Asks for a delivery as soon as there is a place for it. Throws `NotReadyError` unless it is there at once. */
  async ask(of: Purpose, order: Order, before = { failures: 0, losses: 0 }): Promise<ReadyDelivery> {
    const { client, operations, rooftopId, now, signal } = this.#options
    const { options, through, polled } = order
    const { failures, losses } = before
    const asked_at = now.toISOString()
    const wanted: Delivery = {
      options,
      through,
      polled,
      request_id: null,
      asked_at,
      failures,
      losses,
      again_at: null,
    }
    await this.#takePlace(of, wanted)
    const asked = await client
      .ask({ rooftopId, fileType: of.fileType, options }, signal)
      .catch((error: unknown) => this.#refused(of, wanted, error))
    const delivery = { ...wanted, request_id: asked.requestId }
    await operations.keep(of.purpose, delivery, this.#place)
    return this.#judge(of, delivery, asked.status)
  }

  /** Looks at a delivery. Throws `NotReadyError` while it is being made, `PutOffError` where it has to be asked for again later. */
  async look(of: Purpose, delivery: Delivery): Promise<ReadyDelivery> {
    const { client, now, signal } = this.#options
    const { request_id, again_at } = delivery
    if (again_at !== null) {
      const left = Date.parse(again_at) - now.getTime()
      if (left > 0) throw failed(of, left)
    }
    if (request_id === null || again_at !== null) return this.ask(of, delivery, delivery)
    return this.#judge(of, { ...delivery, request_id }, await client.status(request_id, signal))
  }

  /** Asks once more for a delivery that the vendor has lost; a second loss is too much. */
  async replace(of: Purpose, delivery: Delivery): Promise<ReadyDelivery> {
    if (delivery.losses === 0) return this.ask(of, delivery, { ...delivery, losses: 1 })
    throw new VendorResponseError(`${of.fileType}: the vendor has lost the delivery twice`)
  }

  /** Nothing is left to be remembered of it. */
  async forget({ purpose }: Purpose): Promise<void> {
    await this.#options.operations.forget(purpose)
  }

  /** Every row is written. Remembered until the other feeds are read as well, or a DMS that is polled all the time would never let a sync end. */
  async markDone({ purpose }: Purpose): Promise<void> {
    const { operations, now } = this.#options
    await operations.keep(purpose, { at: now.toISOString(), failure: null } satisfies FeedNote)
  }

  /** Trying again would not help; to be remembered until the other feeds are read as well. */
  async markFailed({ purpose }: Purpose, { code, message }: SyncError): Promise<void> {
    const { operations, now } = this.#options
    await operations.keep(purpose, { at: now.toISOString(), failure: { code, message } } satisfies FeedNote)
  }

  get #place(): SharedPlace {
    const { programId, firstLook } = this.#options
    return { of: `dealervault-${programId}`, most: atOnce, lifetime: patience, retryAfter: firstLook }
  }

  /** Where there is none yet, what is wanted is kept all the same: the vendor need not be asked again whether there is news. */
  async #takePlace({ purpose }: Purpose, wanted: Delivery): Promise<void> {
    const { operations } = this.#options
    try {
      await operations.keep(purpose, wanted, this.#place)
    } catch (error) {
      if (error instanceof NotReadyError) await operations.keep(purpose, wanted)
      throw error
    }
  }

  /** The place is for others. */
  async #refused(of: Purpose, wanted: Delivery, error: unknown): Promise<never> {
    await this.#options.operations.keep(of.purpose, wanted)
    throw error
  }

  async #judge(
    of: Purpose,
    delivery: ReadyDelivery,
    status: DeliveryState['status'],
  ): Promise<ReadyDelivery> {
    switch (status) {
      case 'Ready':
        // Its place is for others now.
        await this.#options.operations.keep(of.purpose, { ...delivery })
        return delivery
      case 'Error':
        return this.#afterFailure(of, delivery)
      case 'Purged':
        return this.replace(of, delivery)
      case 'Queued':
      case 'InProgress':
        return this.#wait(of, delivery)
    }
  }

  async #wait(of: Purpose, delivery: Delivery): Promise<never> {
    const { now, firstLook } = this.#options
    const waited = Math.max(0, now.getTime() - Date.parse(delivery.asked_at))
    if (waited >= patience) {
      throw new VendorResponseError(`${of.fileType}: no delivery after ${inWords(waited)}`)
    }
    // The longer it takes, the longer it may take.
    const next = Math.min(Math.max(firstLook, waited / 3), longestLook)
    throw new NotReadyError(`${of.fileType}: the delivery is being made`, Math.max(next, seconds(1)))
  }

  async #afterFailure(of: Purpose, delivery: Delivery): Promise<never> {
    const { operations, now } = this.#options
    const pause = afterFailures[delivery.failures]
    if (pause === undefined) {
      throw new VendorResponseError(`${of.fileType}: the vendor failed to make the delivery three times`)
    }
    await operations.keep(of.purpose, {
      ...delivery,
      failures: delivery.failures + 1,
      again_at: new Date(now.getTime() + pause).toISOString(),
    })
    throw failed(of, pause)
  }
}

const failed = ({ fileType }: Purpose, left: number): PutOffError =>
  new PutOffError(
    `${fileType}: the vendor failed to make the delivery, asking again in ${inWords(left)}`,
    left,
  )
