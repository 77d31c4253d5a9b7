import type { VendorAnswer } from '../vendor'
import type { MetaAccount } from './account'
import { rowsPage, type PageContext } from './edge'
import { graphError, noSuchObject } from './graph-error'
import { insightsEdge, rangeOf, rowsOf } from './insights'

/** What becomes of a run, beside the usual. */
type Fate = 'usual' | 'failed' | 'skipped' | 'stuck' | 'late'

interface Run {
  readonly id: string
  readonly account: MetaAccount
  readonly query: URLSearchParams
  readonly range: { readonly from: string; readonly to: string }
  /** Milliseconds. */
  readonly startedAt: number
  readonly fate: Fate
}

/** Most runs that are remembered; the vendor keeps them for thirty days. */
const most = 500
const lasts = 30 * 86_400_000

/** Reports that the vendor prepares. */
export class MetaReports {
  readonly #runs = new Map<string, Run>()
  #started = 0

  /** How many were asked for. */
  get started(): number {
    return this.#started
  }

  accountOf(id: string): MetaAccount | undefined {
    return this.#runs.get(id)?.account
  }

  /** Starts one. `quirk` may say what becomes of it: `report failed`, `skipped`, `stuck` (at nothing), `late` (unknown at first). */
  start(account: MetaAccount, query: URLSearchParams, now: number, quirk: string | undefined): VendorAnswer {
    const range = rangeOf({ account, query, now })
    if ('status' in range) return range
    this.#started += 1
    const id = String(6_012_345_000_000_000 + this.#started)
    this.#runs.set(id, { id, account, query, range, startedAt: now, fate: fateOf(quirk, account, range) })
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > most && oldest !== undefined) this.#runs.delete(oldest)
    return { status: 200, body: { report_run_id: id } }
  }

  state(id: string, now: number): VendorAnswer {
    const run = this.#runs.get(id)
    const age = run ? now - run.startedAt : 0
    if (!run || age > lasts || (run.fate === 'late' && age < 5_000)) return noSuchObject(id)
    return { status: 200, body: { id, account_id: String(run.account.spec.id), ...progressOf(run, age) } }
  }

  rows(id: string, query: URLSearchParams, context: Omit<PageContext, 'account'>): VendorAnswer {
    const run = this.#runs.get(id)
    if (!run || context.now - run.startedAt > lasts) return noSuchObject(id)
    if (progressOf(run, context.now - run.startedAt)['async_status'] !== 'Job Completed')
      return graphError(100, 'The report run is not completed')
    const fields = [...insightsEdge.unasked, ...(run.query.get('fields') ?? '').split(',')]
    const { account } = run
    const largest = account.spec.largestPage
    return rowsPage(rowsOf(account, run.range, { now: context.now }), fields, {
      ...context,
      account,
      query,
      largest,
    })
  }
}

function fateOf(quirk: string | undefined, account: MetaAccount, range: Run['range']): Fate {
  const days = (Date.parse(range.to) - Date.parse(range.from)) / 86_400_000 + 1
  if (days > account.spec.longestReport) return 'failed'
  const [, fate] = /^report (failed|skipped|stuck|late)$/.exec(quirk ?? '') ?? []
  return (fate as Fate | undefined) ?? 'usual'
}

function progressOf({ fate, account }: Run, age: number): Record<string, unknown> {
  const takes = account.spec.reportTakes
  const percent = fate === 'stuck' ? 0 : Math.min(100, Math.floor((age / Math.max(1, takes)) * 100))
  const at = (status: string, done = percent): Record<string, unknown> => ({
    async_status: status,
    async_percent_completion: done,
  })
  if (percent < 100) {
    if (percent < 5) return at('Job Not Started')
    return at(percent < 10 ? 'Job Started' : 'Job Running')
  }
  if (fate === 'skipped') return at('Job Skipped', 0)
  if (fate === 'failed')
    return { ...at('Job Failed'), error_code: 2, error_subcode: 1504018, error_message: 'x' }
  return at('Job Completed')
}
