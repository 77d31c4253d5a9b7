import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { seconds } from '../lib/durations'

/**
 * How often it is looked how late the event loop is, in milliseconds, which is also what an idle process shows as its lag. The
 * default, a hundred times a second, costs every idle process half a percent of a core.
 */
const eventLoopMonitoringPrecision = 50

/** What an attempt or a page did to rows, by result. */
export type RowCounts = Readonly<
  Partial<Record<'read' | 'inserted' | 'updated' | 'unchanged' | 'removed' | 'rejected', number>>
>

/** Counts and durations of one process, for Prometheus. Labels are ids, states and statuses; never a client or an account. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #syncs: Counter
  readonly #syncDuration: Histogram
  readonly #pages: Counter
  readonly #records: Counter
  readonly #lateness: Histogram
  readonly #runs: Counter
  readonly #vendorCalls: Counter
  readonly #up: Gauge

  /** `processName` tells scheduler, worker and dashboard apart on every series. */
  constructor(processName: string) {
    const registers = [this.#registry]
    this.#registry.setDefaultLabels({ process: processName })
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision })
    this.#syncs = new Counter({
      name: 'syncfleet_syncs_total',
      help: 'Attempts at a sync that ended, by outcome.',
      labelNames: ['job', 'outcome'],
      registers,
    })
    this.#syncDuration = new Histogram({
      name: 'syncfleet_sync_duration_seconds',
      help: 'How long an attempt at a sync took.',
      labelNames: ['job', 'outcome'],
      buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
      registers,
    })
    this.#pages = new Counter({
      name: 'syncfleet_pages_total',
      help: 'Pages of records written.',
      labelNames: ['job', 'stream'],
      registers,
    })
    this.#records = new Counter({
      name: 'syncfleet_records_total',
      help: 'Records by what became of them.',
      labelNames: ['job', 'stream', 'result'],
      registers,
    })
    this.#lateness = new Histogram({
      name: 'syncfleet_slot_lateness_seconds',
      help: 'From the instant a slot was due to the start of its run.',
      labelNames: ['job'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800],
      registers,
    })
    this.#runs = new Counter({
      name: 'syncfleet_runs_total',
      help: 'Runs by the state they reached; running counts their starts.',
      labelNames: ['job', 'state'],
      registers,
    })
    this.#vendorCalls = new Counter({
      name: 'syncfleet_vendor_calls_total',
      help: 'Requests to vendors, by HTTP status, or by what happened instead of an answer.',
      labelNames: ['vendor', 'status'],
      registers,
    })
    this.#up = new Gauge({
      name: 'syncfleet_dependency_up',
      help: '1 while this process can use it, 0 while it cannot, as its last readiness check found.',
      labelNames: ['dependency'],
      registers,
    })
  }

  /** An attempt ended. `outcome` is the ledger's, `duration` in milliseconds. */
  syncEnded(sync: { jobId: string; outcome: string; duration: number }): void {
    const labels = { job: sync.jobId, outcome: sync.outcome }
    this.#syncs.inc(labels)
    this.#syncDuration.observe(labels, sync.duration / seconds(1))
  }

  /** A page of a stream was committed. */
  pageWritten(page: { jobId: string; stream: string; counts: RowCounts }): void {
    const labels = { job: page.jobId, stream: page.stream }
    this.#pages.inc(labels)
    for (const [result, count] of Object.entries(page.counts)) {
      if (count > 0) this.#records.inc({ ...labels, result }, count)
    }
  }

  /** A slot's run started, `lateness` milliseconds after it was due. */
  slotStarted(slot: { jobId: string; lateness: number }): void {
    this.#lateness.observe({ job: slot.jobId }, Math.max(0, slot.lateness) / seconds(1))
  }

  /** A run reached a state of the ledger. */
  runReached(run: { jobId: string; state: string }): void {
    this.#runs.inc({ job: run.jobId, state: run.state })
  }

  /** A vendor answered with a status, or did not (`timeout`, `unreachable`, `aborted`). */
  vendorCalled(call: { vendor: string; status: number | string }): void {
    this.#vendorCalls.inc({ vendor: call.vendor, status: String(call.status) })
  }

  /** What a readiness check found; fits `Health`'s `onResult`. */
  dependencyChecked = (name: string, works: boolean): void => {
    this.#up.set({ dependency: name }, works ? 1 : 0)
  }

  /** Everything, in Prometheus' text format. */
  async expose(): Promise<string> {
    return this.#registry.metrics()
  }

  /** The media type of `expose`. */
  get contentType(): string {
    return this.#registry.contentType
  }
}
