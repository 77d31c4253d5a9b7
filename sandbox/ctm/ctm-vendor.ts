import { timingSafeEqual } from 'node:crypto'
import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import { CtmAccount } from './account'
import { CtmAccountSpec, CtmKeySpec } from './account-spec'
import { callsPage, longestPage } from './calls-page'
import { controlCtm } from './control'
import { demoAccounts, demoKeys } from './demo'
import type { RawCall } from './raw-call'
import { truthHash, truthOf, type TruthRow } from './truth'

export interface CtmVendorOptions {
  /** Default: the demo clients' accounts. */
  readonly accounts?: readonly (typeof CtmAccountSpec)['_input'][]
  /** Default: the demo clients' keys. */
  readonly keys?: readonly (typeof CtmKeySpec)['_input'][]
  /** Default: 5 requests in any second, 2 in flight, per access key. */
  readonly limits?: RateLimits
  /** The most calls of a page, whatever is asked for. Default 150. */
  readonly largestPage?: number
}

/** CallTrackingMetrics, as far as its calls go. */
export class CtmVendor implements SimulatedVendor {
  readonly name = 'ctm'
  readonly basePath = '/ctm/api/v1'
  readonly limits: RateLimits
  readonly refusal: VendorAnswer = {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { error: 'Too many requests' },
  }
  readonly #world: World
  readonly #largestPage: number
  readonly #accounts = new Map<number, CtmAccount>()
  readonly #keys = new Map<string, CtmKeySpec>()
  readonly #revoked = new Set<string>()

  constructor(world: World, options: CtmVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 5, inFlight: 2 }
    this.#largestPage = options.largestPage ?? longestPage
    for (const spec of options.accounts ?? demoAccounts) this.addAccount(spec)
    for (const spec of options.keys ?? demoKeys(world.seed)) this.addKey(spec)
  }

  /** Opens an account, or replaces one of the same id. */
  addAccount(spec: (typeof CtmAccountSpec)['_input']): void {
    const checked = CtmAccountSpec.parse(spec)
    this.#accounts.set(checked.id, new CtmAccount(checked, this.#world))
  }

  addKey(spec: (typeof CtmKeySpec)['_input']): void {
    const checked = CtmKeySpec.parse(spec)
    this.#keys.set(checked.access_key, checked)
  }

  /** Refuses a key until it is restored. */
  revoke(accessKey: string): void {
    this.#revoked.add(accessKey)
  }

  restore(accessKey: string): void {
    this.#revoked.delete(accessKey)
  }

  /** Puts in one call and returns its id. */
  addCall(accountId: number, unixTime: number, fields: RawCall = {}): number {
    return this.#existing(accountId).add(unixTime, fields)
  }

  /** Changes fields of a call for good, as when somebody tags or redacts it. */
  editCall(accountId: number, callId: number, fields: RawCall): void {
    this.#existing(accountId).edit(callId, fields)
  }

  /** Lists a call no more. A faithful copy keeps it. */
  vanishCall(accountId: number, callId: number): void {
    this.#existing(accountId).vanish(callId)
  }

  /** What a faithful copy of the account holds by now, latest call first. Lazy, so an account of any size can be compared. */
  truth(accountId: number): Iterable<TruthRow & { readonly hash: string }> {
    return truthRows(this.#existing(accountId), this.#world.clock.now().getTime())
  }

  rateKeyOf(request: VendorRequest): string | undefined {
    return this.#keyOf(request)?.access_key
  }

  answer(request: VendorRequest): VendorAnswer {
    const key = this.#keyOf(request)
    if (!key) return { status: 401, body: { error: 'Not authorized' } }
    if (request.method !== 'GET') return { status: 405, body: { error: 'Method not allowed' } }
    const [, id, rest] = /^\/accounts(?:\/(\d+)(\/calls)?)?(?:\.json)?$/.exec(request.path) ?? []
    if (!request.path.startsWith('/accounts')) return notFound
    if (id === undefined)
      return request.path.replace('.json', '') === '/accounts' ? this.#list(key) : notFound
    const account = this.#accounts.get(Number(id))
    if (!account) return notFound
    if (!opens(key, account)) return { status: 403, body: { error: 'Access to this account is denied' } }
    if (rest === undefined) return { status: 200, body: describe(account) }
    return callsPage(account, request.query, {
      now: this.#world.clock.now().getTime(),
      quirk: request.quirk,
      largestPage: this.#largestPage,
    })
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlCtm(this, request)
  }

  #list(key: CtmKeySpec): VendorAnswer {
    const accounts = [...this.#accounts.values()].filter((account) => opens(key, account)).map(describe)
    return { status: 200, body: { accounts, page: 1, total_pages: 1, next_page: null } }
  }

  #keyOf({ headers }: VendorRequest): CtmKeySpec | undefined {
    const [scheme, encoded] = (headers.authorization ?? '').split(' ')
    if (scheme !== 'Basic' || encoded === undefined) return undefined
    const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':')
    const key = this.#keys.get(user)
    const isGood = key && !this.#revoked.has(user) && isSame(key.secret_key, password.join(':'))
    return isGood ? key : undefined
  }

  #existing(accountId: number): CtmAccount {
    const account = this.#accounts.get(accountId)
    if (!account) throw new Error(`the sandbox has no CTM account ${accountId}`)
    return account
  }
}

function* truthRows(account: CtmAccount, now: number): Generator<TruthRow & { readonly hash: string }> {
  for (const call of account.everything(now)) {
    const row = truthOf(call)
    yield { ...row, hash: truthHash(row) }
  }
}

const notFound: VendorAnswer = { status: 404, body: { error: 'Not found' } }

const opens = ({ key_scope, accounts }: CtmKeySpec, { spec }: CtmAccount): boolean =>
  key_scope === 'agency' || accounts.includes(spec.id)

const describe = ({ spec }: CtmAccount): RawCall => ({
  id: spec.id,
  name: spec.name,
  status: 'active',
  timezone: spec.timezone,
})

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
