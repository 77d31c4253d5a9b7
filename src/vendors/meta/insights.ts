import { z } from 'zod'
import { VendorUnavailableError } from '../../job/errors'
import { MetaObjectMissingError } from './errors'
import { ReportStarted, ReportState } from './answers'
import type { MetaClient, MetaPage, MetaQuery } from './client'

/** Whole days in the ad account's own zone, both included. */
export interface MetaDays {
  readonly from: string
  readonly to: string
}

/** How far a report run has come. */
export type MetaReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'running'; readonly percent: number }
  /** `why` is a state or a code of the vendor's. */
  | { readonly kind: 'failed'; readonly why: string }
  /** The vendor knows no such run; just after it was started, not yet. */
  | { readonly kind: 'unknown' }

const fields = [
  'account_id',
  'account_name',
  'account_currency',
  'campaign_id',
  'campaign_name',
  'adset_id',
  'adset_name',
  'ad_id',
  'ad_name',
  'objective',
  'impressions',
  'reach',
  'frequency',
  'clicks',
  'inline_link_clicks',
  'outbound_clicks',
  'spend',
  'cpc',
  'cpm',
  'ctr',
  'actions',
  'action_values',
  'cost_per_action_type',
  'conversions',
]
/** Named, because the vendor's own choice changes, and every figure of the past would shift with it. */
const attribution = ['1d_view', '7d_click', '28d_click']

const rows = { limit: 500 }
/** Where the vendor finds this many rows too many it is the days that are: fewer rows would only take more calls. */
const fewest = 125

/** Daily figures per ad. A row is as it came: nothing about it is sure, so the mapper reads every field with care. */
export class MetaInsights {
  readonly #client: MetaClient

  constructor(client: MetaClient) {
    this.#client = client
  }

  /** The rows of some days, asked for directly. Throws `MetaTooMuchDataError` where these days are too many. */
  daily(days: MetaDays, signal: AbortSignal): AsyncGenerator<MetaPage<unknown>, void, undefined> {
    const path = `${this.#client.accountPath}/insights`
    return this.#client.list(path, queryOf(days), z.unknown(), signal, { ...rows, smallest: fewest })
  }

  /** Asks the vendor to prepare the same rows as a report, and returns the run's id. */
  async startReport(days: MetaDays, signal: AbortSignal): Promise<string> {
    const path = `${this.#client.accountPath}/insights`
    const { report_run_id } = await this.#client.post(path, queryOf(days), ReportStarted, signal)
    return String(report_run_id)
  }

  async report(id: string, signal: AbortSignal): Promise<MetaReport> {
    try {
      const state = await this.#client.get(`/${encodeURIComponent(id)}`, {}, ReportState, signal)
      return reportOf(state)
    } catch (error) {
      if (error instanceof MetaObjectMissingError) return { kind: 'unknown' }
      throw error
    }
  }

  /** The rows of a report that is ready. */
  async *reportRows(id: string, signal: AbortSignal): AsyncGenerator<MetaPage<unknown>, void, undefined> {
    try {
      yield* this.#client.list(`/${encodeURIComponent(id)}/insights`, {}, z.unknown(), signal, rows)
    } catch (cause) {
      if (!(cause instanceof MetaObjectMissingError)) throw cause
      // It is the report that is missing, not the account.
      throw new VendorUnavailableError(`report ${id} cannot be read any more`, { cause })
    }
  }
}

const queryOf = ({ from, to }: MetaDays): MetaQuery => ({
  level: 'ad',
  time_increment: '1',
  time_range: JSON.stringify({ since: from, until: to }),
  fields: fields.join(','),
  action_attribution_windows: JSON.stringify(attribution),
})

function reportOf(state: z.output<typeof ReportState>): MetaReport {
  const { async_status: status, async_percent_completion: percent, error_code, error_subcode } = state
  if (status === 'Job Failed' || status === 'Job Skipped') {
    const code = error_code === undefined ? '' : `, error ${error_code}/${error_subcode ?? '-'}`
    return { kind: 'failed', why: `${status}${code}` }
  }
  return status === 'Job Completed' && percent >= 100 ? { kind: 'ready' } : { kind: 'running', percent }
}
