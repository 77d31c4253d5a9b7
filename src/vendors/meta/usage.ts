import { z } from 'zod'
import { minutes, seconds } from '../../lib/durations'

/** The products whose calls the vendor counts apart: figures, and the lists of campaigns, ads and creatives. */
export type MetaProduct = 'insights' | 'management'

/** How much of one limit is used. */
export interface MetaLevel {
  /** Percent; throttled at 100. */
  readonly percent: number
  /** Milliseconds until there is room again; undefined where the vendor does not say. */
  readonly regain: number | undefined
}

/** The worst that an answer's headers say; 0 percent where they say nothing, as the vendor does while little is used. */
export interface MetaUsage {
  readonly account: MetaLevel
  readonly app: MetaLevel
}

type Headers = { get(name: string): string | null }

const figure = z.coerce.number().catch(0)

const BusinessUseCase = z.record(
  z.string(),
  z.array(
    z.looseObject({
      type: z.string().optional(),
      call_count: figure,
      total_cputime: figure,
      total_time: figure,
      estimated_time_to_regain_access: figure,
    }),
  ),
)
const AdAccount = z.looseObject({ acc_id_util_pct: figure, reset_time_duration: figure })
const App = z.looseObject({ call_count: figure, total_time: figure, total_cputime: figure })
const Throttle = z.looseObject({ app_id_util_pct: figure, acc_id_util_pct: figure })

/** Reads the four headers in which the vendor tells how near its limits are. What cannot be read counts as not there. */
export function usageOf(headers: Headers, product: MetaProduct): MetaUsage {
  const account = read(headers, 'x-ad-account-usage', AdAccount)
  const app = read(headers, 'x-app-usage', App)
  const throttle = read(headers, 'x-fb-ads-insights-throttle', Throttle)
  return {
    account: worst([
      ...useCasesOf(headers, product),
      level(account?.acc_id_util_pct, seconds(account?.reset_time_duration ?? 0)),
      level(throttle?.acc_id_util_pct),
    ]),
    app: worst([
      level(app && Math.max(app.call_count, app.total_time, app.total_cputime)),
      level(throttle?.app_id_util_pct),
    ]),
  }
}

/** Several entries may stand under one id, and other products have entries of their own. */
function useCasesOf(headers: Headers, product: MetaProduct): MetaLevel[] {
  const useCases = read(headers, 'x-business-use-case-usage', BusinessUseCase) ?? {}
  return Object.values(useCases)
    .flat()
    .filter(({ type }) => type === undefined || type === `ads_${product}`)
    .map((entry) =>
      level(
        Math.max(entry.call_count, entry.total_time, entry.total_cputime),
        minutes(entry.estimated_time_to_regain_access),
      ),
    )
}

const level = (percent = 0, regain = 0): MetaLevel => ({ percent, regain: regain > 0 ? regain : undefined })

const worst = (levels: readonly MetaLevel[]): MetaLevel => ({
  percent: Math.max(0, ...levels.map(({ percent }) => percent)),
  regain: levels.reduce<number | undefined>(
    (longest, { regain }) => (regain === undefined ? longest : Math.max(regain, longest ?? 0)),
    undefined,
  ),
})

function read<T>(headers: Headers, name: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(headers.get(name) ?? '')).data
  } catch {
    return undefined
  }
}
