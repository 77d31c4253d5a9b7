import type { JobSettings } from '../../job/define-job'
import { DeadlineError, PageDeadlineError } from '../../job/errors'
import { inWords } from '../../lib/durations'
import { LinkedAbort } from '../../lib/linked-abort'

/** What may end an attempt before it is done. */
export interface Interruptions {
  /** Somebody ended the sync: nothing of it is to be written any more. */
  readonly cancelled: AbortSignal
  /** The worker stops, or a lease was lost: a page that is being written is finished, or turns out to have lost its fence. */
  readonly others: readonly AbortSignal[]
}

/** The two deadlines of an attempt, and all else that may cut it short, as signals. They hold until it is disposed of. */
export class AttemptLimits implements Disposable {
  readonly #cut: LinkedAbort
  readonly #all: LinkedAbort
  readonly #pageTimer: NodeJS.Timeout

  constructor(
    { deadline, pageDeadline }: Pick<JobSettings, 'deadline' | 'pageDeadline'>,
    { cancelled, others }: Interruptions,
  ) {
    this.#cut = new LinkedAbort(cancelled).after(
      deadline,
      () => new DeadlineError(`the attempt took longer than its deadline of ${inWords(deadline)}`),
    )
    this.#all = new LinkedAbort(this.#cut.signal, ...others)
    this.#pageTimer = setTimeout(
      () => this.#cut.abort(new PageDeadlineError(`no page was written for ${inWords(pageDeadline)}`)),
      pageDeadline,
    )
  }

  /** What the sync heeds: aborts for whatever reason comes first. */
  get signal(): AbortSignal {
    return this.#all.signal
  }

  /** What ends even a page that is being written. */
  get cut(): AbortSignal {
    return this.#cut.signal
  }

  /** The time for the next page begins. */
  pageWritten(): void {
    this.#pageTimer.refresh()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#pageTimer)
    this.#all[Symbol.dispose]()
    this.#cut[Symbol.dispose]()
  }
}
