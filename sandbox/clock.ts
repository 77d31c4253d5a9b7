/** The sandbox's time: the clock it was given, which may be held still or moved on. */
export class SandboxClock {
  readonly #source: () => Date
  #ahead = 0
  #frozenAt: number | undefined

  constructor(source: () => Date) {
    this.#source = source
  }

  now(): Date {
    return new Date((this.#frozenAt ?? this.#source().getTime()) + this.#ahead)
  }

  /** Life stands still: no new calls, no late ones, no edits, until `thaw`. */
  freeze(): void {
    this.#frozenAt ??= this.#source().getTime()
  }

  /** Time goes on from the source's present. */
  thaw(): void {
    this.#frozenAt = undefined
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds
  }
}
