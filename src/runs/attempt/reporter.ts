import type { SyncError } from '../../job/errors'
import type { PageCounts } from '../../ledger/work/syncs'
import { seconds } from '../../lib/durations'
import { isToldElsewhere } from '../../queue/refusals'
import type { SyncTools } from '../../queue/sync-consumer'
import type { RunEvents, SyncFacts } from '../../telemetry/events'

/** How often Bull Board's progress is written at most. */
const every = seconds(1)

type Totals = { -readonly [Count in keyof PageCounts]: number } & { pages: number }

/** Tells Bull Board, the log and the metrics how an attempt gets on. */
export class Reporter {
  readonly totals: Totals = {
    pages: 0,
    read: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    removed: 0,
    rejected: 0,
  }
  readonly #tools: SyncTools
  readonly #events: RunEvents
  readonly #facts: SyncFacts
  readonly #startedAt = performance.now()
  #toldAt = -Infinity

  constructor(tools: SyncTools, events: RunEvents, facts: SyncFacts) {
    this.#tools = tools
    this.#events = events
    this.#facts = facts
  }

  /** Milliseconds since the attempt began. */
  get elapsed(): number {
    return performance.now() - this.#startedAt
  }

  /** A line for Bull Board and the log. One that Redis cannot take now is only missing there. */
  readonly note = (message: string): void => {
    this.#events.noted({ ...this.#facts, note: message })
    this.#show(message)
  }

  pageWritten(stream: string, counts: PageCounts): void {
    this.totals.pages += 1
    for (const [name, count] of Object.entries(counts)) this.totals[name as keyof PageCounts] += count
    this.#events.pageWritten(this.#facts, stream, { ...counts })
    if (performance.now() - this.#toldAt > every) this.#progress()
  }

  failed(error: SyncError): void {
    this.#events.attemptFailed(this.#facts, error)
    const line = `${error.code}: ${error.message}`
    if (isToldElsewhere(error)) this.#show(line)
    else this.note(line)
  }

  /** In Bull Board alone. */
  #show(line: string): void {
    void this.#tools.log(line).catch(() => undefined)
  }

  /** The last word on progress, where there was any. */
  finish(): void {
    if (this.totals.pages > 0) this.#progress()
  }

  /** Nobody waits for it: where Redis is away, pages go on being written. */
  #progress(): void {
    this.#toldAt = performance.now()
    const elapsed = (this.#toldAt - this.#startedAt) / seconds(1)
    const recordsPerSecond = Math.round(this.totals.read / Math.max(elapsed, 0.001))
    void this.#tools.progress({ ...this.totals, recordsPerSecond }).catch(() => undefined)
  }
}
