import type { z } from 'zod'
import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import { callerOf, customerFor } from './admission'
import { controlGoogle } from './control'
import { GoogleCustomer } from './customer'
import { demoCredentials, demoCustomers } from './demo'
import { run } from './gaql/run'
import { refusalOf } from './quirks'
import { exhausted, invalid, Refusal, refused } from './refusal'
import { paged, SearchBody, StreamBody, streamed } from './search'
import {
  GoogleCredentialSpec,
  GoogleCustomerSpec,
  type GoogleCredentialInput,
  type GoogleCustomerInput,
} from './specs'
import { Tokens } from './tokens'
import { truths } from './truth'
import type { Row } from './tables/table'

export interface GoogleVendorOptions {
  /** Default: the demo clients' customers, and their manager. */
  readonly customers?: readonly GoogleCustomerInput[]
  /** Default: the demo clients' credentials. */
  readonly credentials?: readonly GoogleCredentialInput[]
  /** Default: 10 requests in any second, 20 in flight, per developer token. */
  readonly limits?: RateLimits
  /** Rows of a page and of a batch. Default 10,000, as Google's. */
  readonly pageRows?: number
}

const versions = ['v23', 'v24', 'v25', 'v26']

/** Google: its tokens under `/oauth2`, and Google Ads under `/ads`. */
export class GoogleVendor implements SimulatedVendor {
  readonly name = 'google'
  readonly basePath = '/google'
  readonly limits: RateLimits
  readonly refusal: VendorAnswer = refused(exhausted('DEVELOPER', '1s'), {
    version: 'v25',
    requestId: 'refused',
    inList: true,
  })
  readonly tokens: Tokens
  readonly #world: World
  readonly #customers = new Map<string, GoogleCustomer>()
  readonly #pageRows: number
  #requests = 0

  constructor(world: World, options: GoogleVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 10, inFlight: 20 }
    this.#pageRows = options.pageRows ?? 10_000
    this.tokens = new Tokens(() => this.#now)
    for (const spec of options.customers ?? demoCustomers) this.addCustomer(spec)
    for (const spec of options.credentials ?? demoCredentials(world.seed)) this.addCredential(spec)
  }

  /** Opens a customer, or replaces one of the same id. */
  addCustomer(spec: GoogleCustomerInput): void {
    const checked = GoogleCustomerSpec.parse(spec)
    this.#customers.set(checked.id, new GoogleCustomer(checked, this.#world))
  }

  addCredential(spec: GoogleCredentialInput): void {
    this.tokens.add(GoogleCredentialSpec.parse(spec))
  }

  /** One customer, to look at or to change. Throws where there is none of that id. */
  customer(id: string): GoogleCustomer {
    const customer = this.#customers.get(id)
    if (!customer) throw new Error(`the sandbox has no Google customer ${id}`)
    return customer
  }

  /** Refuses a credential, by its refresh token or client e-mail, until it is restored. */
  revoke(name: string): void {
    this.tokens.revoke(name)
  }

  restore(name: string): void {
    this.tokens.restore(name)
  }

  /** What a faithful copy holds by now, by destination table. Rows are made as they are read. */
  truth(externalId: string): Readonly<Record<string, Iterable<Row>>> {
    const customer = this.customer(externalId.replace(/^google:/, ''))
    return Object.fromEntries(
      Object.entries(truths).map(([table, rows]) => [
        table,
        { [Symbol.iterator]: () => rows(customer, this.#now)[Symbol.iterator]() },
      ]),
    )
  }

  rateKeyOf({ path, headers }: VendorRequest): string | undefined {
    const token = headers['developer-token']
    return path.startsWith('/ads/') && typeof token === 'string' ? token : undefined
  }

  answer(request: VendorRequest): VendorAnswer {
    if (request.path === '/oauth2/token') return this.tokens.answer(request)
    const [, version, rest = ''] = /^\/ads\/(v\d+)\/(.+)$/.exec(request.path) ?? []
    if (version === undefined) return { status: 404, body: 'Not Found' }
    this.#requests += 1
    const requestId = `req-${this.#requests}`
    const inList = rest.endsWith(':searchStream')
    try {
      return this.#perform(request, { version, rest, requestId })
    } catch (error) {
      if (error instanceof Refusal) return refused(error, { version, requestId, inList })
      throw error
    }
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlGoogle(this, request)
  }

  get #now(): number {
    return this.#world.clock.now().getTime()
  }

  #perform(
    request: VendorRequest,
    { version, rest, requestId }: { version: string; rest: string; requestId: string },
  ): VendorAnswer {
    const refusal = refusalOf(request.quirk)
    if (refusal) throw refusal
    const caller = callerOf(request, this.tokens)
    if (!versions.includes(version))
      throw invalid({ requestError: 'UNSUPPORTED_VERSION' }, `Version ${version} is not supported.`)
    if (rest === 'customers:listAccessibleCustomers' && request.method === 'GET') return this.#list(caller)
    const [, id, method] = /^customers\/([^/]+)\/googleAds:(search|searchStream)$/.exec(rest) ?? []
    if (id === undefined || request.method !== 'POST') return { status: 404, body: 'Not Found' }
    const customer = customerFor(caller, id, request, this.#customers)
    const { quirk } = request
    const at = { now: this.#now, customers: [...this.#customers.values()] }
    const options = { requestId, version, now: at.now, size: this.#pageRows, quirk }
    if (method === 'searchStream') {
      return streamed(run(bodyOf(StreamBody, request).query, customer, at), options)
    }
    const body = bodyOf(SearchBody, request)
    return paged(run(body.query, customer, at), body, options)
  }

  #list({ customers }: GoogleCredentialSpec): VendorAnswer {
    // Directly, that is: clients of a manager are not among them.
    const direct = [...this.#customers.values()].filter(
      ({ spec }) => spec.manager === null && (customers?.includes(spec.id) ?? true),
    )
    return { status: 200, body: { resourceNames: direct.map(({ spec }) => `customers/${spec.id}`) } }
  }
}

function bodyOf<T>(schema: z.ZodType<T>, { body }: VendorRequest): T {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    json = undefined
  }
  const checked = schema.safeParse(json)
  if (checked.success) return checked.data
  throw new Refusal({
    status: 400,
    name: 'INVALID_ARGUMENT',
    message: 'Invalid JSON payload received. Unknown name or missing field.',
  })
}
