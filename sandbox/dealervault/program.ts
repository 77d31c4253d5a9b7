import { z } from 'zod'
import type { VendorAnswer, VendorRequest } from '../vendor'
import { gateway, notGranted, tooMany } from './answers'
import { Deliveries, DeliveryOrder, type Delivery } from './deliveries'
import type { Rooftop } from './rooftop'
import { fileTypes, type ProgramSpec } from './rooftop-spec'
import { rowsPage } from './rows-page'
import { Tokens } from './tokens'

export interface ProgramOptions {
  readonly seed: string
  readonly deliveriesAtOnce: number
  readonly makingTime: number
  readonly largestPage: number
}

/** One vendor program: answers whoever has its key. */
export class Program {
  readonly spec: ProgramSpec
  readonly tokens: Tokens
  readonly deliveries: Deliveries
  /** Rooftops whose deliveries have their first row twice. */
  readonly doubled = new Set<string>()
  /** Rooftops whose deliveries begin with an empty page. */
  readonly paused = new Set<string>()
  /** Rooftops whose next lot lacks most of its vehicles. */
  readonly shrunk = new Set<string>()
  readonly #rooftops: ReadonlyMap<string, Rooftop>
  readonly #deliveriesAtOnce: number
  readonly #largestPage: number
  readonly #vehicles = new Map<string, Set<string>>()

  constructor(spec: ProgramSpec, rooftops: ReadonlyMap<string, Rooftop>, options: ProgramOptions) {
    this.spec = spec
    this.#rooftops = rooftops
    this.#deliveriesAtOnce = options.deliveriesAtOnce
    this.#largestPage = options.largestPage
    this.tokens = new Tokens(`${options.seed} ${spec.program_id}`)
    this.deliveries = new Deliveries(options.makingTime)
  }

  /** The vehicles that were ever handed over: only these can be gone from a copy. */
  servedVehicles(rooftopId: string): ReadonlySet<string> {
    return this.#vehicles.get(rooftopId) ?? new Set()
  }

  answer(request: VendorRequest, now: number): VendorAnswer {
    const { method, path, headers, quirk } = request
    if (quirk === 'quota') return gateway(403, 'Out of call volume quota.', { 'retry-after': '90' })
    if (headers['x-user'] !== this.spec.user_email) return gateway(401, 'The user is not known.')
    if (method === 'GET' && path === '/token') return { status: 200, body: { token: this.tokens.issue(now) } }
    if (quirk === 'stale-token') return notGranted
    if (!this.tokens.isGood(String(headers['x-jwt-token']), now))
      return gateway(401, 'The token has expired.')
    if (headers['content-type'] !== 'application/json') return gateway(415, 'Unsupported media type')
    const [, delivery] = /^\/delivery\/([^/]+)$/.exec(path) ?? []
    if (method === 'GET' && delivery !== undefined) return this.#status(delivery, now, quirk)
    if (method === 'GET' && path === '/delivery') return this.#page(request, now)
    if (method === 'POST' && path === '/delivery') return this.#order(request, now)
    const [, program] = /^\/vendor\/([^/]+)\/feeds\/updated-data$/.exec(path) ?? []
    if (method === 'GET' && program !== undefined) return this.#updated(program, request, now)
    return gateway(404, 'Resource not found')
  }

  #updated(program: string, { query, quirk }: VendorRequest, now: number): VendorAnswer {
    const fileType = z.enum(fileTypes).safeParse(query.get('fileTypeCode'))
    const since = Date.parse(query.get('compareDate') ?? '')
    if (program !== this.spec.program_id) return notGranted
    if (!fileType.success || Number.isNaN(since))
      return gateway(400, 'fileTypeCode and compareDate are required')
    if (quirk === 'no-content') return { status: 204, body: '' }
    const updated = [...this.#rooftops.values()].filter(
      (rooftop) =>
        rooftop.spec.feeds.includes(fileType.data) && rooftop.lastPoll(fileType.data, now).getTime() >= since,
    )
    return {
      status: 200,
      body: updated.map((rooftop) => ({
        dvdId: rooftop.spec.id,
        dealerClientId: rooftop.spec.id,
        fileTypeCode: fileType.data,
        lastPollDate: rooftop.lastPoll(fileType.data, now).toISOString().slice(0, 19),
      })),
    }
  }

  #order({ body }: VendorRequest, now: number): VendorAnswer {
    const parsed = DeliveryOrder.safeParse(jsonOf(body))
    if (!parsed.success) return gateway(400, 'The request is not valid.')
    const { rooftopId, fileType, programId, options } = parsed.data
    const rooftop = this.#rooftops.get(rooftopId)
    if (programId !== this.spec.program_id || !rooftop) return gateway(404, 'The rooftop is not known.')
    if (!rooftop.spec.feeds.includes(fileType)) return gateway(400, 'The feed is not part of the program.')
    if (options.type === 'Catchup' && options.catchupStartDate > options.catchupEndDate) {
      return gateway(400, 'catchupStartDate must not be after catchupEndDate')
    }
    const running = this.deliveries.inProgress(now)
    const isRunning = running.some((other) => other.rooftopId === rooftopId && other.fileType === fileType)
    if (isRunning || running.length >= this.#deliveriesAtOnce) return tooMany(2)
    const share = fileType === 'INV' && this.shrunk.delete(rooftopId) ? 0.25 : 1
    const delivery = this.deliveries.add(parsed.data, rooftop, now, share)
    return {
      status: 200,
      body: {
        requestId: delivery.id,
        status: this.deliveries.status(delivery, now),
        initialRequest: parsed.data,
      },
    }
  }

  #status(id: string, now: number, quirk: string | undefined): VendorAnswer {
    const delivery = this.deliveries.get(id)
    if (quirk === 'lost') this.deliveries.lose(id)
    if (!delivery || quirk === 'lost') return gateway(404, 'Resource not found')
    if (quirk === 'error') delivery.fate = 'Error'
    if (quirk === 'purged') delivery.fate = 'Purged'
    return { status: 200, body: { requestId: id, status: this.deliveries.status(delivery, now) } }
  }

  #page({ query, quirk }: VendorRequest, now: number): VendorAnswer {
    const delivery = this.deliveries.get(query.get('requestId') ?? '')
    if (quirk === 'lost') this.deliveries.lose(delivery?.id ?? '')
    if (!delivery || quirk === 'lost') return gateway(404, 'Resource not found')
    if (this.deliveries.status(delivery, now) !== 'Ready') return gateway(400, 'The delivery is not ready.')
    if (delivery.fileType === 'INV') this.#serve(delivery)
    const { rooftopId } = delivery
    return rowsPage(delivery, query, {
      quirk,
      largestPage: this.#largestPage,
      doubles: this.doubled.has(rooftopId),
      pauses: this.paused.has(rooftopId),
    })
  }

  #serve({ rooftopId, rows }: Delivery): void {
    const served = this.#vehicles.get(rooftopId) ?? new Set()
    for (const { VIN: vin } of rows) if (typeof vin === 'string') served.add(vin)
    this.#vehicles.set(rooftopId, served)
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
