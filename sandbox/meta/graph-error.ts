import type { VendorAnswer } from '../vendor'

export interface GraphErrorOptions {
  readonly subcode?: number
  readonly transient?: boolean
  /** The vendor says 400 for nearly everything. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal as the Graph API words it. The type is the same for everything, as there. */
export const graphError = (
  code: number,
  message: string,
  { subcode, transient = false, status = 400, headers }: GraphErrorOptions = {},
): VendorAnswer => ({
  status,
  ...(headers ? { headers } : {}),
  body: {
    error: {
      message: `(#${code}) ${message}`,
      type: 'OAuthException',
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      is_transient: transient,
      fbtrace_id: 'AsandboxTrace',
    },
  },
})

export const tooMuchData = (): VendorAnswer =>
  graphError(1, "Please reduce the amount of data you're asking for, then retry your request", {
    status: 500,
  })

export const noSuchObject = (id: string): VendorAnswer =>
  graphError(
    100,
    `Unsupported get request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    { subcode: 33 },
  )

/**
 * The refusal that a quirk asks for: `error 80000`, `error 190/463`, `error 17 transient`, `error 80000 12min`,
 * `error 1 status503`. Undefined where the quirk is another one.
 */
export function refusalOf(quirk: string | undefined, accountId: string): VendorAnswer | undefined {
  const asked = /^error (-?\d+)(?:\/(\d+))?( transient)?(?: (\d+)min)?(?: status(\d+))?$/.exec(quirk ?? '')
  if (!asked) return undefined
  const [, code, subcode, transient, wait, status] = asked
  return graphError(Number(code), 'a refusal that was asked for', {
    transient: transient !== undefined,
    ...(subcode === undefined ? {} : { subcode: Number(subcode) }),
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(wait === undefined
      ? {}
      : {
          headers: usageHeaders(accountId, productOf(Number(code)), { percent: 100, minutes: Number(wait) }),
        }),
  })
}

const productOf = (code: number): Product => (code === 80004 ? 'ads_management' : 'ads_insights')

/** What the vendor counts apart. */
export type Product = 'ads_insights' | 'ads_management'

/** How near an account is to its limits, in the vendor's words. */
export function usageHeaders(
  accountId: string,
  product: Product,
  { percent, minutes = 0 }: { readonly percent: number; readonly minutes?: number },
): Record<string, string> {
  const entry = (type: Product, count: number, regain: number) => ({
    type,
    call_count: count,
    total_cputime: 2,
    total_time: 3,
    estimated_time_to_regain_access: regain,
    ads_api_access_tier: 'standard_access',
  })
  const other = product === 'ads_insights' ? 'ads_management' : 'ads_insights'
  return {
    'x-business-use-case-usage': JSON.stringify({
      [accountId]: [entry(other, 1, 0), entry(product, percent, minutes), entry(product, 3, 0)],
    }),
    'x-fb-ads-insights-throttle': JSON.stringify({
      app_id_util_pct: 1.2,
      acc_id_util_pct: Math.min(percent, 40),
      ads_api_access_tier: 'standard_access',
    }),
    'x-app-usage': JSON.stringify({ call_count: 28, total_time: 25, total_cputime: 25 }),
  }
}
