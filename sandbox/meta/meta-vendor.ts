import { createHmac } from 'node:crypto'
import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import { MetaAccount } from './account'
import { MetaAccountSpec, MetaTokenSpec } from './account-spec'
import { campaignsTruth } from './campaigns-truth'
import { controlMeta } from './control'
import { adsTruth, creativesTruth } from './creatives-truth'
import { demoMetaAccounts, demoMetaTokens } from './demo'
import { graphError, refusalOf } from './graph-error'
import type { Raw } from './objects'
import { MetaReports } from './reports'
import { routed } from './routes'
import { adDaysTruth } from './truth'

export interface MetaVendorOptions {
  /** Default: the demo clients' ad accounts. */
  readonly accounts?: readonly (typeof MetaAccountSpec)['_input'][]
  /** Default: the demo clients' tokens. */
  readonly tokens?: readonly (typeof MetaTokenSpec)['_input'][]
  /** Default: what nine thousand points in five minutes come to, per app and ad account. */
  readonly limits?: RateLimits
}

const versions = new Set(['v25.0', 'v26.0'])

/** Meta's Graph API, as far as advertising goes. */
export class MetaVendor implements SimulatedVendor {
  readonly name = 'meta'
  readonly basePath = '/meta'
  readonly limits: RateLimits
  readonly refusal: VendorAnswer = graphError(80000, 'There have been too many calls to this ad-account', {
    subcode: 2446079,
  })
  readonly reports = new MetaReports()
  /** The host that links to next pages name. The vendor's own is none of ours, so nobody may follow it either way. */
  linkHost = 'https://graph.facebook.com'
  readonly #world: World
  readonly #accounts = new Map<string, MetaAccount>()
  readonly #tokens = new Map<string, MetaTokenSpec>()
  /** Subcodes of tokens that are refused. */
  readonly #revoked = new Map<string, number>()

  constructor(world: World, options: MetaVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 30, inFlight: 20 }
    for (const spec of options.accounts ?? demoMetaAccounts) this.addAccount(spec)
    for (const spec of options.tokens ?? demoMetaTokens(world.seed)) this.addToken(spec)
  }

  /** Opens an ad account, or replaces one of the same id. */
  addAccount(spec: (typeof MetaAccountSpec)['_input']): MetaAccount {
    const account = new MetaAccount(MetaAccountSpec.parse(spec), this.#world)
    this.#accounts.set(String(account.spec.id), account)
    return account
  }

  addToken(spec: (typeof MetaTokenSpec)['_input']): void {
    const checked = MetaTokenSpec.parse(spec)
    this.#tokens.set(checked.access_token, checked)
  }

  /** Refuses a token until it is restored; the subcode says why. */
  revoke(accessToken: string, subcode = 460): void {
    this.#revoked.set(accessToken, subcode)
  }

  restore(accessToken: string): void {
    this.#revoked.delete(accessToken)
  }

  /** An ad account with what may be done to it. Throws where there is none of that id. */
  account(id: string | number): MetaAccount {
    const account = this.#accounts.get(String(id))
    if (!account) throw new Error(`the sandbox has no Meta account ${id}`)
    return account
  }

  /** What a faithful copy of the account holds by now, by table of every job that reads from Meta. */
  truth(externalId: string): Readonly<Record<string, Iterable<Raw>>> {
    const account = this.account(externalId.replace(/^meta:/, ''))
    return {
      meta_ads_ad_days: adDaysTruth(account, this.#now),
      campaign_campaigns: campaignsTruth(account, this.#now),
      ads_creatives_ads: adsTruth(account, this.#now),
      ads_creatives_creatives: creativesTruth(account, this.#now),
      ads_creatives_links: [],
    }
  }

  rateKeyOf(request: VendorRequest): string | undefined {
    const token = this.#tokens.get(tokenOf(request) ?? '')
    const [, id = ''] = /^\/[^/]+\/(?:act_)?(\d+)/.exec(request.path) ?? []
    return token && `${token.app_id} ${this.reports.accountOf(id)?.spec.id ?? id}`
  }

  answer(request: VendorRequest): VendorAnswer {
    const asked = request.quirk?.startsWith('error ') ? refusalOf(request.quirk, '0') : undefined
    if (asked) return asked
    const given = tokenOf(request) ?? ''
    const token = this.#tokens.get(given)
    const revoked = this.#revoked.get(given)
    if (!token || revoked !== undefined)
      return graphError(190, 'Error validating access token', { subcode: revoked ?? 467 })
    const [, version, path] = /^\/(v\d+\.\d+)(\/.*)$/.exec(request.path) ?? []
    if (version === undefined || path === undefined || !versions.has(version))
      return graphError(2635, 'You are calling a deprecated version of the Ads API')
    const query = parametersOf(request)
    const proof = query.get('appsecret_proof')
    if (proof === null && token.wants_proof)
      return graphError(100, 'API calls from the server require an appsecret_proof argument')
    if (proof !== null && proof !== proofOf(token))
      return graphError(100, 'Invalid appsecret_proof provided in the API argument')
    const graph = { accounts: this.#accounts, reports: this.reports, now: this.#now, linkHost: this.linkHost }
    return routed({ ...request, path, query }, token, graph)
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlMeta(this, request)
  }

  get #now(): number {
    return this.#world.clock.now().getTime()
  }
}

const tokenOf = ({ headers, query }: VendorRequest): string | undefined =>
  /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? query.get('access_token') ?? undefined

/** Of the query and, in a POST, of the form. */
function parametersOf({ query, body, method }: VendorRequest): URLSearchParams {
  if (method !== 'POST') return query
  return new URLSearchParams([...query, ...new URLSearchParams(body)])
}

const proofOf = ({ access_token, app_secret }: MetaTokenSpec): string =>
  createHmac('sha256', app_secret).update(access_token).digest('hex')
