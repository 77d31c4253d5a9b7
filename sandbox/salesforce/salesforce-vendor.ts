import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import type { Book } from './book'
import { controlSalesforce } from './control'
import { demoOrgs } from './demo'
import { tokenAnswer, type KnownApp } from './oauth'
import { bookObjects, type BookObject, type ObjectName } from './objects'
import { Org, usageHeader } from './org'
import type { RawRow } from './raw-row'
import { firstPage, nextPage } from './query-pages'
import { dataQuirks, notFound, poolSpent, sessionExpired, tooManyAtOnce } from './refusals'
import { OrgSpec } from './specs'
import { truthOf } from './truth'

export interface SalesforceVendorOptions {
  /** Default: the demo clients' orgs. */
  readonly orgs?: readonly z.input<typeof OrgSpec>[]
  /** Default: what a trial org answers at once, 5 requests; the vendor states no rate. */
  readonly limits?: RateLimits
}

const version = 'v67.0'

/** Salesforce, as far as its tokens and queries go. All orgs live at one address and are told apart by their tokens. */
export class SalesforceVendor implements SimulatedVendor {
  readonly name = 'salesforce'
  readonly basePath = '/salesforce'
  readonly limits: RateLimits
  readonly refusal = tooManyAtOnce
  readonly #world: World
  #opened: readonly Org[] | undefined
  readonly #tokens = new Map<string, KnownApp>()
  readonly #revoked = new Set<string>()
  #given = 0

  constructor(world: World, options: SalesforceVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 10_000, inFlight: 5 }
    if (options.orgs) this.#opened = this.#open(options.orgs)
  }

  /** The demo's are opened once somebody asks for one: to make their key takes half a second. */
  get #orgs(): readonly Org[] {
    return (this.#opened ??= this.#open(demoOrgs(this.#world.seed)))
  }

  #open(specs: readonly z.input<typeof OrgSpec>[]): Org[] {
    return specs.map((spec, index) => new Org(OrgSpec.parse(spec), this.#world, index + 1))
  }

  /** What faithful copies of the account's rows hold by now, by table. Rows in the recycle bin are gone. */
  truth(externalId: string): Readonly<Record<string, Iterable<Readonly<Record<string, unknown>>>>> {
    const { book } = this.#bookOf(externalId)
    return Object.fromEntries(bookObjects.map((object) => truthOf(object, book, this.#now())))
  }

  /** Refuses an app until it is restored: no new token, and those that were given are good no more. */
  revoke(clientId: string): void {
    this.#revoked.add(clientId)
    this.expireTokens(clientId)
  }

  restore(clientId: string): void {
    this.#revoked.delete(clientId)
  }

  /** Ends the sessions of an app, or of all. */
  expireTokens(clientId?: string): void {
    for (const [token, { app }] of this.#tokens) {
      if (clientId === undefined || app.client_id === clientId) this.#tokens.delete(token)
    }
  }

  /** Puts in a row, changed last at `stamp`, and returns its id. It is seen at once: an old stamp makes it a late commit. */
  addRow(externalId: string, object: BookObject, fields: RawRow = {}, stamp = this.#now()): string {
    return this.#bookOf(externalId).book.add(object, wholeSecond(stamp), fields)
  }

  /** Puts in a row that no table can hold. The truth does not have it. */
  addMalformedRow(externalId: string, object: BookObject, fields: RawRow): string {
    return this.#bookOf(externalId).book.add(object, wholeSecond(this.#now()), fields, true)
  }

  /** Changes a row now, as a user does. */
  editRow(externalId: string, id: string, fields: RawRow): void {
    this.#bookOf(externalId).book.change(id, fields, { stamp: wholeSecond(this.#now()) })
  }

  /** Changes what a row says and not its stamp, as a sum or a formula does. */
  recalculate(externalId: string, id: string, fields: RawRow): void {
    this.#bookOf(externalId).book.change(id, fields)
  }

  /** Moves a row to the recycle bin; merged, where it is named what it went into. */
  deleteRow(externalId: string, id: string, mergedInto?: string): void {
    const fields = mergedInto === undefined ? {} : { MasterRecordId: mergedInto }
    this.#bookOf(externalId).book.change(id, fields, { stamp: wholeSecond(this.#now()), isDeleted: true })
  }

  undeleteRow(externalId: string, id: string): void {
    this.#bookOf(externalId).book.change(id, {}, { stamp: wholeSecond(this.#now()), isDeleted: false })
  }

  emptyRecycleBin(externalId: string): void {
    this.#bookOf(externalId).book.purge(this.#now())
  }

  hide(externalId: string, object: ObjectName, field?: string): void {
    this.#bookOf(externalId).org.hide(object, field)
  }

  show(externalId: string, object: ObjectName, field?: string): void {
    this.#bookOf(externalId).org.show(object, field)
  }

  /** Queries over a wider span of stamps time out from now on, in milliseconds. */
  timeOutBeyond(externalId: string, span: number): void {
    this.#bookOf(externalId).org.longestSpan = span
  }

  /** Requests of the last day that other integrations of the org have made. */
  setUsedByOthers(externalId: string, used: number): void {
    this.#bookOf(externalId).org.usedByOthers = used
  }

  rateKeyOf({ headers }: VendorRequest): string | undefined {
    return this.#sessionOf(headers.authorization)?.org.id
  }

  answer(request: VendorRequest): VendorAnswer {
    const answer = this.#answer(request)
    const date = new Date(this.#now()).toUTCString()
    return { ...answer, headers: { date, ...answer.headers } }
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlSalesforce(this, request)
  }

  #answer(request: VendorRequest): VendorAnswer {
    const { path, method, quirk = '', headers } = request
    if (path === '/services/oauth2/token') return this.#token(request)
    if (method !== 'GET')
      return { status: 405, body: [{ errorCode: 'METHOD_NOT_ALLOWED', message: 'GET only' }] }
    if (dataQuirks[quirk]) return dataQuirks[quirk]
    const session = this.#sessionOf(headers.authorization)
    if (!session) return sessionExpired
    // The list of versions is free.
    if (path === '/services/data/' || path === '/services/data') {
      return { status: 200, body: [{ label: 'Summer', url: `/services/data/${version}`, version: '67.0' }] }
    }
    const { org } = session
    const now = this.#now()
    const asked = { org, version, now, request }
    const [, rest = ''] =
      new RegExp(`^/services/data/${version.replace('.', String.raw`\.`)}/(.*)$`).exec(path) ?? []
    const locator = /^query(?:All)?\/([\w-]+)$/.exec(rest)?.[1]
    if (rest !== 'query' && rest !== 'queryAll' && locator === undefined) return notFound
    if (!org.spend(now)) return { ...poolSpent, headers: usageHeader(org, now) ?? {} }
    return locator === undefined ? firstPage(asked, rest === 'queryAll') : nextPage(asked, locator)
  }

  #token(request: VendorRequest): VendorAnswer {
    return tokenAnswer({
      request,
      now: this.#now(),
      basePath: this.basePath,
      appOf: (clientId) => this.#appOf(clientId),
      isRevoked: (clientId) => this.#revoked.has(clientId),
      give: (known) => {
        this.#given += 1
        const secret = createHash('sha256').update(
          `${this.#world.seed} ${this.#given} ${known.app.client_id}`,
        )
        const token = `${known.org.id.slice(0, 15)}!${secret.digest('base64url')}`
        this.#tokens.set(token, known)
        return token
      },
    })
  }

  #appOf(clientId: string): KnownApp | undefined {
    for (const org of this.#orgs) {
      const app = org.spec.apps.find(({ client_id }) => client_id === clientId)
      if (app) return { app, org }
    }
    return undefined
  }

  #sessionOf(authorization: string | undefined): KnownApp | undefined {
    return this.#tokens.get(/^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '')
  }

  #bookOf(externalId: string): { org: Org; book: Book } {
    for (const org of this.#orgs) {
      const book = org.bookOf(externalId)
      if (book) return { org, book }
    }
    throw new Error(`the sandbox has no Salesforce account ${externalId}`)
  }

  #now(): number {
    return this.#world.clock.now().getTime()
  }
}

const wholeSecond = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000
