import { QuotaError } from '../../job/errors'
import { quotaPause } from './meaning'

export interface ApiBudget {
  /** How much of the org's daily pool may be used up, by anyone, before we stop: 0 to 1. */
  readonly share: number
  /** A person asked, so the last tenth of the share may be used as well. */
  readonly mayUseReserve: boolean
}

/** Of the share, what is left to syncs that a person asks for. */
const reserve = 0.1

/** What an org's daily pool of requests still allows, as far as its answers told. All integrations of the org live on it. */
export class ApiUsage {
  readonly #budget: ApiBudget
  #last: { readonly used: number; readonly pool: number } | undefined

  constructor(budget: ApiBudget) {
    this.#budget = budget
  }

  /** As the last answer said; undefined before the first one that did. */
  get last(): { readonly used: number; readonly pool: number } | undefined {
    return this.#last
  }

  /** Reads the header that every answer to a request for data carries. More may stand in it than the pool. */
  saw(header: string | null): void {
    const [, used, pool] =
      /\bapi-usage=(\d+)\/(\d+)/.exec(header?.replaceAll('per-app-api-usage', '') ?? '') ?? []
    if (used !== undefined && Number(pool) > 0) this.#last = { used: Number(used), pool: Number(pool) }
  }

  /** Throws where the next request would take more of the pool than we may. */
  check(): void {
    if (!this.#last) return
    const { used, pool } = this.#last
    const { share, mayUseReserve } = this.#budget
    const limit = Math.floor(pool * share * (mayUseReserve ? 1 : 1 - reserve))
    if (used < limit) return
    throw new QuotaError(
      `${used} of the ${pool} requests of the org’s daily pool are used; ${mayUseReserve ? 'we' : 'scheduled syncs'} stop at ${limit}`,
      quotaPause,
    )
  }
}
