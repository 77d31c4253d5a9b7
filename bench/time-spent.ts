/** From one instant of `performance.now()` to another. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What a sync spent its time with. */
export class TimeSpent {
  readonly #calls: Span[] = []
  readonly #writes: Span[] = []

  /** A request has just ended. */
  called(durationMs: number): void {
    const to = performance.now()
    this.#calls.push({ from: to - durationMs, to })
  }

  wrote(span: Span): void {
    this.#writes.push(span)
  }

  /** Milliseconds of each. Calls at the same time count once; a streamed answer that waits for a page to be written, not at all. */
  parts(): { readonly vendor: number; readonly sink: number } {
    const sink = lengthOf(this.#writes)
    return { vendor: lengthOf([...this.#calls, ...this.#writes]) - sink, sink }
  }
}

/** Of the time that at least one of the spans covers. */
function lengthOf(spans: readonly Span[]): number {
  let covered = 0
  let end = -Infinity
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return covered
}
