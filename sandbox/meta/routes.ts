import type { VendorAnswer, VendorRequest } from '../vendor'
import type { MetaAccount } from './account'
import type { MetaTokenSpec } from './account-spec'
import { edgePage, fieldNames } from './edge'
import { edges } from './edges'
import { graphError, noSuchObject, usageHeaders, type Product } from './graph-error'
import type { Raw } from './objects'
import type { MetaReports } from './reports'

/** What a request may be about. */
export interface Graph {
  readonly accounts: ReadonlyMap<string, MetaAccount>
  readonly reports: MetaReports
  /** Milliseconds. */
  readonly now: number
  readonly linkHost: string
}

/** What a path leads to: an ad account or a report run, and perhaps a list below it. */
interface Target {
  readonly account: MetaAccount
  readonly id: string
  readonly isReport: boolean
  readonly edge: string | undefined
}

/** The answer to a request whose token is good. The path is below the version. */
export function routed(request: VendorRequest, token: MetaTokenSpec, graph: Graph): VendorAnswer {
  const { method, path, query, quirk } = request
  if (path === '/me/adaccounts' && method === 'GET') return adAccounts(token, query, graph)
  const [, prefix, id = '', edge] = /^\/(act_)?(\d+)(?:\/(\w+))?$/.exec(path) ?? []
  const isReport = prefix === undefined
  const account = isReport ? graph.reports.accountOf(id) : graph.accounts.get(id)
  if (!account) return noSuchObject(isReport ? id : `act_${id}`)
  if (!opens(token, account))
    return graphError(200, 'Ad account owner has NOT grant ads_management or ads_read permission')
  const product = productOf(edge)
  if (account.usage >= 100) return limited(account, product)
  return withUsage(answerOf(request, token, graph, { account, id, isReport, edge }), account, product, quirk)
}

function answerOf(
  { method, path, query, quirk }: VendorRequest,
  { access_token: accessToken }: MetaTokenSpec,
  { reports, now, linkHost }: Graph,
  { account, id, isReport, edge }: Target,
): VendorAnswer {
  const context = { now, quirk, accessToken, linkTo: `${linkHost}/v26.0${path}` }
  const isGet = method === 'GET'
  if (isReport && isGet && edge === undefined) return reports.state(id, now)
  if (isReport && isGet && edge === 'insights') return reports.rows(id, query, context)
  if (!isReport && isGet && edge === undefined) return nodeOf(account, query)
  if (!isReport && method === 'POST' && edge === 'insights') return reports.start(account, query, now, quirk)
  const list = edge === undefined || isReport || !isGet ? undefined : edges[edge]
  return list
    ? edgePage(list, query, { ...context, account })
    : graphError(2500, `Unknown path components: /${edge ?? ''}`)
}

const productOf = (edge: string | undefined): Product =>
  edge === undefined ? 'ads_insights' : (edges[edge]?.product ?? 'ads_management')

const opens = ({ accounts }: MetaTokenSpec, { spec }: MetaAccount): boolean =>
  accounts === 'all' || accounts.includes(spec.id)

const limited = ({ spec }: MetaAccount, product: Product): VendorAnswer =>
  graphError(
    product === 'ads_insights' ? 80000 : 80004,
    'There have been too many calls to this ad-account',
    {
      subcode: 2446079,
      headers: usageHeaders(String(spec.id), product, { percent: 100, minutes: 7 }),
    },
  )

/** The answer with the headers that say how near the account is to its limits, once there is something to say. */
function withUsage(
  answer: VendorAnswer,
  { spec, usage }: MetaAccount,
  product: Product,
  quirk: string | undefined,
): VendorAnswer {
  const [, asked] = /^usage (\d+)$/.exec(quirk ?? '') ?? []
  const percent = asked === undefined ? usage : Number(asked)
  const headers = {
    ...answer.headers,
    ...(percent > 0 ? usageHeaders(String(spec.id), product, { percent }) : {}),
    ...(quirk === 'ageing' ? { 'x-ad-api-version-warning': 'The call has been auto-upgraded.' } : {}),
  }
  return { ...answer, headers }
}

function adAccounts(token: MetaTokenSpec, query: URLSearchParams, { accounts }: Graph): VendorAnswer {
  const opened = [...accounts.values()].filter((account) => opens(token, account))
  return { status: 200, body: { data: opened.map((account) => node(account, query)) } }
}

function nodeOf(account: MetaAccount, query: URLSearchParams): VendorAnswer {
  const wrong = fieldNames(query.get('fields') ?? '').find((field) => !(field in nodeFields(account)))
  if (wrong !== undefined) return graphError(100, `Tried accessing nonexisting field (${wrong})`)
  return { status: 200, body: node(account, query) }
}

function node(account: MetaAccount, query: URLSearchParams): Raw {
  const all = nodeFields(account)
  const fields = fieldNames(query.get('fields') ?? '')
  return Object.fromEntries(['id', ...fields].map((field) => [field, all[field]]))
}

const nodeFields = ({ spec }: MetaAccount): Raw => ({
  id: `act_${spec.id}`,
  account_id: String(spec.id),
  name: spec.name,
  currency: spec.currency,
  timezone_name: spec.timezone,
  account_status: spec.status,
})
