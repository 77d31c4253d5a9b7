import { isToldElsewhere } from '../../queue/refusals'
import type { WatchEvents } from '../../telemetry/events'

/** Tells of steps that fail again and again: once, and once more when they work. An outage of Postgres or Redis tells itself. */
export class StepTrouble {
  readonly #events: WatchEvents
  readonly #failing = new Set<string>()

  constructor(events: WatchEvents) {
    this.#events = events
  }

  failed(step: string, error: unknown): void {
    if (isToldElsewhere(error) || this.#failing.has(step)) return
    this.#failing.add(step)
    this.#events.stepFailed(step, error)
  }

  works(step: string): void {
    if (this.#failing.delete(step)) this.#events.stepWorksAgain(step)
  }
}
