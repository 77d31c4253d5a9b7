import { z } from 'zod'
import { NotReadyError, VendorUnavailableError } from '../../src/job/errors'
import type { DayWindow } from '../../src/job/streams'
import type { Operations } from '../../src/job/sync'
import { inWords, minutes, seconds } from '../../src/lib/durations'
import type { MetaInsights } from '../../src/vendors/meta/insights'

/** The vendor could not prepare a report, and neither when it was asked once more. Fewer days may help. */
export class ReportFailedError extends VendorUnavailableError {
  override name = 'ReportFailedError'
}

/** A report run as it is kept. */
const Kept = z.strictObject({
  id: z.string().min(1),
  /** When the reading was begun that it belongs to. */
  begun: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  /** The first, or the one after the first came to nothing. */
  nth: z.int().min(1),
})
type Kept = z.output<typeof Kept>

const runsAtMost = 2
const firstPoll = seconds(10)
const slowestPoll = minutes(5)
const longestRun = minutes(30)
const longestAtNothing = minutes(5)
/** Just after its start the vendor may not know a run of its own. */
const unknownAtFirst = minutes(2)

export interface ReportRunsOptions {
  readonly operations: Operations
  readonly insights: MetaInsights
  readonly now: Date
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

/** The reports that the vendor prepares for one account. No worker waits for one: its id is kept, and the sync comes back. */
export class ReportRuns {
  readonly #options: ReportRunsOptions

  constructor(options: ReportRunsOptions) {
    this.#options = options
  }

  /**
   * The id of the report of these days once it is ready. Until then it throws `NotReadyError`, having started one where
   * none is under way; `ReportFailedError` where two came to nothing.
   */
  async ready(days: DayWindow, begun: string): Promise<string> {
    const { operations, insights, now, signal } = this.#options
    const found = await operations.find(purposeOf(days))
    const kept = Kept.safeParse(found?.details).data
    if (kept?.begun !== begun) return this.#start(days, { begun, nth: 1 })
    const age = now.getTime() - Date.parse(kept.startedAt)
    const report = await insights.report(kept.id, signal)
    switch (report.kind) {
      case 'ready':
        return kept.id
      case 'unknown':
        if (age < unknownAtFirst) throw notReady(days, 'not known yet', firstPoll)
        return this.#again(days, kept, 'the vendor knows it no more')
      case 'failed':
        return this.#again(days, kept, report.why)
      case 'running':
        if (age > longestRun || (report.percent === 0 && age > longestAtNothing))
          return this.#again(days, kept, `at ${report.percent} % after ${inWords(age)}`)
        throw notReady(days, `at ${report.percent} %`, pollAfter(age))
    }
  }

  /** Its rows are written. */
  async forget(days: DayWindow): Promise<void> {
    await this.#options.operations.forget(purposeOf(days))
  }

  async #again(days: DayWindow, { begun, nth }: Kept, why: string): Promise<never> {
    this.#options.note(`report ${nth} of ${days.from} to ${days.to} came to nothing: ${why}`)
    if (nth < runsAtMost) return this.#start(days, { begun, nth: nth + 1 })
    await this.forget(days)
    throw new ReportFailedError(
      `${nth} reports of ${days.from} to ${days.to} came to nothing, the last: ${why}`,
    )
  }

  async #start(days: DayWindow, { begun, nth }: Pick<Kept, 'begun' | 'nth'>): Promise<never> {
    const { operations, insights, now, signal } = this.#options
    const id = await insights.startReport(days, signal)
    const kept: Kept = { id, begun, startedAt: now.toISOString(), nth }
    await operations.keep(purposeOf(days), kept)
    throw notReady(days, 'was asked for', firstPoll)
  }
}

const purposeOf = ({ from, to }: DayWindow): string => `ad days ${from}/${to}`

const notReady = ({ from, to }: DayWindow, how: string, wait: number): NotReadyError =>
  new NotReadyError(`the report of ${from} to ${to}: ${how}`, wait)

/** Waiting as long again as it has taken so far doubles the pause from one poll to the next. */
const pollAfter = (age: number): number => Math.min(Math.max(age, firstPoll), slowestPoll)
