import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import { FortellisAccount } from './account'
import { departmentsOf, FortellisAccountSpec, FortellisAppSpec, kinds, type Kind } from './account-spec'
import { controlFortellis } from './control'
import { demoAccounts, demoApp } from './demo'
import { malformed } from './malformed'
import { bodyOf, Operations, resultOf, type Operation } from './operations'
import { plain, refusalCodes, refused } from './refusals'
import { Tokens } from './tokens'
import { truthOf } from './truth'
import { windowProblem } from './windows'

export interface FortellisVendorOptions {
  /** Default: the demo clients' subscriptions. */
  readonly accounts?: readonly (typeof FortellisAccountSpec)['_input'][]
  /** Default: the demo's app. */
  readonly apps?: readonly (typeof FortellisAppSpec)['_input'][]
  /** Default: 2 requests in any second, 2 in flight, per subscription. */
  readonly limits?: RateLimits
}

/** The APIs: the kind of record, and the lists that each has. */
const apis: Readonly<Record<string, { readonly kind: Kind; readonly lists: readonly string[] }>> = {
  '/cdk/drive/fisales/v4': { kind: 'sales', lists: ['open/delta', 'closed/delta', 'open', 'closed'] },
  '/cdk/drive/fisalessetup/v3': { kind: 'sales', lists: ['history'] },
  '/cdk/drive/servicerepairorder/v3': {
    kind: 'repair_orders',
    lists: ['open/delta', 'closed/delta', 'open', 'closed'],
  },
  '/cdk/drive/servicerepairordersetup/v2': { kind: 'repair_orders', lists: ['history'] },
  '/cdk/drive/serviceappointment/v1': { kind: 'appointments', lists: ['bulk', 'delta'] },
  '/cdk/drive/customer/v3': { kind: 'customers', lists: ['bulk', 'delta'] },
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i

/** Fortellis with its identity server, as far as the extracts of CDK Drive go. */
export class FortellisVendor implements SimulatedVendor {
  readonly name = 'fortellis'
  readonly basePath = '/fortellis'
  readonly limits: RateLimits
  readonly refusal: VendorAnswer = {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { message: 'Too many requests' },
  }
  readonly operations: Operations
  readonly tokens: Tokens
  readonly #world: World
  readonly #accounts = new Map<string, FortellisAccount>()
  #foreignUrl: string | undefined

  constructor(world: World, options: FortellisVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 2, inFlight: 2 }
    this.operations = new Operations(`${world.seed} fortellis`)
    this.tokens = new Tokens(`${world.seed} fortellis`)
    for (const spec of options.accounts ?? demoAccounts(world.seed)) this.addAccount(spec)
    for (const app of options.apps ?? [demoApp(world.seed)]) this.tokens.addApp(FortellisAppSpec.parse(app))
  }

  /** Opens a subscription, or replaces one of the same id. */
  addAccount(spec: (typeof FortellisAccountSpec)['_input']): FortellisAccount {
    const account = new FortellisAccount(FortellisAccountSpec.parse(spec), this.#world)
    this.#accounts.set(account.spec.subscription_id, account)
    return account
  }

  /** A subscription that exists, for what tests do to its records. */
  account(subscriptionId: string): FortellisAccount {
    const account = this.#accounts.get(subscriptionId)
    if (!account) throw new Error(`the sandbox has no Fortellis subscription ${subscriptionId}`)
    return account
  }

  get now(): number {
    return this.#world.clock.now().getTime()
  }

  /** Links in answers name this address from now on. */
  nameForeignHost(url: string): void {
    this.#foreignUrl = url
  }

  /** Puts records in that no table can hold: two of each kind. Returns how many. */
  addMalformed(subscriptionId: string): number {
    const account = this.account(subscriptionId)
    let count = 0
    for (const kind of kinds) {
      const [department] = departmentsOf(account.spec, kind)
      if (department === undefined) continue
      for (const raw of malformed[kind]) account.addMalformed(kind, department, raw, this.now)
      count += malformed[kind].length
    }
    return count
  }

  /** What a faithful copy of the dealership's records holds by now, by destination table. */
  truth(subscriptionId: string): Readonly<Record<string, Iterable<Readonly<Record<string, unknown>>>>> {
    return truthOf(this.account(subscriptionId), this.now)
  }

  rateKeyOf({ path, headers }: VendorRequest): string | undefined {
    const subscription = headers['subscription-id']
    return path.startsWith('/api/') && typeof subscription === 'string' ? subscription : undefined
  }

  answer(request: VendorRequest): VendorAnswer {
    if (request.path === '/identity/token') {
      return request.quirk === 'no-token'
        ? { status: 401, body: { error: 'invalid_client' } }
        : this.tokens.answer(request, this.now)
    }
    if (!request.path.startsWith('/api/')) return plain(404, 'Not found')
    const requestId = request.headers['request-id']
    const answer = this.#refusalOf(request) ?? this.#serve(request)
    return typeof requestId === 'string'
      ? { ...answer, headers: { ...answer.headers, 'request-id': requestId } }
      : answer
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlFortellis(this, request)
  }

  /** What is wrong with the request before anybody looks at what it asks for. */
  #refusalOf({ method, path, headers, quirk }: VendorRequest): VendorAnswer | undefined {
    const id = headers['request-id']
    const requestId = typeof id === 'string' ? id : undefined
    if (quirk !== undefined && refusalCodes.includes(quirk)) return refused(quirk, requestId)
    const problem = this.tokens.problemOf(headers.authorization, this.now)
    if (problem !== undefined) return refused(problem, requestId)
    if (method !== 'GET') return plain(405, 'Method not allowed')
    const subscription = headers['subscription-id']
    if (typeof subscription !== 'string') return refused('MISSING-SUBSCRIPTION-ID', requestId)
    const account = this.#accounts.get(subscription)
    if (!account) return refused('SUBSCRIPTION-MISMATCH', requestId)
    if (!account.spec.active) return refused('API-SUBSCRIPTION-INACTIVE', requestId)
    const api = Object.entries(apis).find(([prefix]) => path.startsWith(`/api${prefix}/`))?.[1]
    if (!api) return refused('API-DOES-NOT-EXIST', requestId)
    if (requestId === undefined || !uuid.test(requestId)) return plain(400, 'Request-Id must be a UUID')
    if (!headers.accept?.includes('application/json')) return plain(400, 'Accept must be application/json')
    const department = headers['department-id']
    if (typeof department !== 'string') return plain(400, 'Department-Id is missing')
    if (!departmentsOf(account.spec, api.kind).includes(department))
      return plain(400, 'Department-Id is of no department of the required type')
    return undefined
  }

  #serve(request: VendorRequest): VendorAnswer {
    const { path, headers } = request
    const account = this.account(String(headers['subscription-id']))
    const [prefix, { kind, lists }] =
      Object.entries(apis).find(([of]) => path.startsWith(`/api${of}/`)) ?? none
    const rest = path.slice(`/api${prefix}/`.length)
    const [, id, what] = /^long-operations\/([^/]+)\/(status|result)$/.exec(rest) ?? []
    if (id !== undefined) return this.#look(account, prefix, id, what === 'result', request.quirk)
    if (!lists.includes(rest)) return refused('API-DOES-NOT-EXIST', undefined)
    return this.#start(
      account,
      prefix,
      { kind, list: rest, department: String(headers['department-id']) },
      request,
    )
  }

  #start(
    account: FortellisAccount,
    prefix: string,
    asked: Pick<Operation, 'kind' | 'list' | 'department'>,
    { query, quirk }: VendorRequest,
  ): VendorAnswer {
    const problem = windowProblem(asked.list, query, this.now)
    if (problem !== undefined) return plain(400, problem)
    const operation = this.operations.start(
      account,
      { ...asked, from: query.get('startDate'), to: query.get('endDate') },
      this.now,
      {
        ends: quirk === 'operation-error' ? 'error' : quirk === 'never-ready' ? 'never' : 'complete',
        isEmpty: quirk === 'empty',
      },
    )
    if (quirk === 'at-once') return { status: 200, body: { data: [...resultOf(operation)] } }
    return { status: 202, body: this.#envelope(operation, prefix, quirk) }
  }

  #look(
    account: FortellisAccount,
    prefix: string,
    id: string,
    isResult: boolean,
    quirk: string | undefined,
  ): VendorAnswer {
    const operation = this.operations.find(id, account, this.now)
    if (!operation || quirk === 'lost') return plain(404, 'no such operation')
    if (!isResult) return { status: 200, body: this.#envelope(operation, prefix, quirk) }
    if (this.operations.statusOf(operation, this.now) !== 'complete') return plain(404, 'no result')
    return { status: 200, ...bodyOf(operation) }
  }

  /** The vendor asks for patience where it will be long. */
  #waitOf({ ends, account }: Operation): number {
    return ends === 'never' ? 300 : account.spec.checkAfterSeconds
  }

  #envelope(operation: Operation, prefix: string, quirk: string | undefined): unknown {
    const { id, moment, readyAt } = operation
    const status = this.operations.statusOf(operation, this.now)
    const base = this.#foreignUrl ?? (quirk === 'foreign-link' ? 'http://203.0.113.9' : '')
    const link = (what: string) => ({ href: `${base}${prefix}/long-operations/${id}/${what}` })
    return {
      operationId: id,
      status,
      receivedDateTime: new Date(moment.now).toISOString(),
      updatedDateTime: new Date(Math.min(this.now, readyAt)).toISOString(),
      checkStatusAfterSeconds: status === 'received' ? this.#waitOf(operation) : null,
      _links: { status: link('status'), ...(status === 'complete' ? { result: link('result') } : {}) },
    }
  }
}

const none: readonly [string, (typeof apis)[string]] = ['', { kind: 'sales', lists: [] }]
