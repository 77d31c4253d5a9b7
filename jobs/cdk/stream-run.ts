import type { Columns } from '../../src/job/columns'
import { SyncError } from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { SyncContext } from '../../src/job/sync'
import { hours, minutes } from '../../src/lib/durations'
import type { FortellisClient } from '../../src/vendors/fortellis/client'
import { OperationLostError, WindowTooBigError } from '../../src/vendors/fortellis/errors'
import type { cdk } from './definition'
import { MishapError, OperationUnderWay, type Ready } from './operation-under-way'
import { askable, instantText, planOf, planOfDays } from './plan'
import type { CdkCursor, CdkPosition, Extract } from './progress'
import { pagesOf } from './result-pages'
import type { Standing, StreamPart } from './stream-part'
import { remedyFor, type Mishap } from './remedies'

type RunContext = Pick<
  SyncContext<typeof cdk>,
  'account' | 'operations' | 'days' | 'signal' | 'now' | 'note'
> & {
  readonly client: FortellisClient
}

/** Where carrying out a plan took longer, what has changed meanwhile is read at once. */
const longPlan = minutes(10)
/** A plan this old is of an earlier sync. */
const oldPlan = hours(1)

/** Brings one stream up to date, extract after extract: the vendor may have one of them in hand at a time. */
export class StreamRun<C extends Columns> {
  readonly #part: StreamPart<C>
  readonly #context: RunContext
  #cursor: CdkCursor
  #plan: CdkPosition | undefined

  constructor(part: StreamPart<C>, context: RunContext) {
    this.#part = part
    this.#context = context
    this.#cursor = part.handle.cursor ?? {}
    this.#plan = part.handle.position && {
      ...part.handle.position,
      extracts: part.handle.position.extracts.filter(({ department }) =>
        part.departments.includes(department),
      ),
    }
  }

  /** Names the stream. */
  get resource(): StreamPart<C>['resource'] {
    return this.#part.resource
  }

  /** Whether there is a plan to carry out, or one that has been. */
  get isBegun(): boolean {
    return this.#plan !== undefined
  }

  /** Whether nothing is left to do for a plan that is still good. */
  get isDone(): boolean {
    return this.#plan?.extracts.length === 0 && !this.#isOutdated(this.#plan)
  }

  /** As far as it goes in this attempt. Throws what the whole sync must hear of. */
  async *advance(): AsyncGenerator<Page, Standing, undefined> {
    const { handle, departments } = this.#part
    const { days } = this.#context
    if (departments.length === 0) return { kind: 'done', end: undefined }
    for (;;) {
      const plan = this.#plan ?? (yield* this.#decide(false))
      const [extract] = plan.extracts
      if (extract) {
        const wait = yield* this.#carryOut(extract, plan)
        if (wait !== undefined) return { kind: 'waiting', after: wait }
      } else if (plan.failed && (days || this.#since(plan.failed.at) < oldPlan)) {
        return { kind: 'failed', failed: plan.failed, end: handle.restart() }
      } else if (this.#isOutdated(plan)) {
        yield* this.#decide(true)
      } else {
        return { kind: 'done', end: handle.complete(this.#cursor) }
      }
    }
  }

  /** Decides what there is to do, and keeps it before anything is asked for. */
  async *#decide(follows: boolean): AsyncGenerator<Page, CdkPosition, undefined> {
    const { account, now, days } = this.#context
    const { resource, departments, handle } = this.#part
    const options = {
      resource,
      departments,
      now,
      timezone: account.timezone,
      overlap: handle.overlap,
      firstLoadMonths: account.settings.first_load_months,
    }
    const extracts = days ? planOfDays(days, options) : planOf(this.#cursor, options)
    return yield* this.#keep({ asOf: instantText(now), follows, extracts, written: null, failed: null })
  }

  async *#keep(plan: CdkPosition): AsyncGenerator<Page, CdkPosition, undefined> {
    this.#plan = plan
    yield this.#part.handle.page([], { position: plan })
    return plan
  }

  /** What is left to do may be late by now: a live stream goes on to the present. */
  #isOutdated(plan: CdkPosition): boolean {
    const age = this.#since(plan.asOf)
    return this.#context.days === undefined && (age > oldPlan || (age > longPlan && !plan.follows))
  }

  #since(instant: string): number {
    return this.#context.now.getTime() - Date.parse(instant)
  }

  /** One extract: written, replaced or given up, and the plan with it. Returns how long to wait where it is not ready. */
  async *#carryOut(extract: Extract, plan: CdkPosition): AsyncGenerator<Page, number | undefined, undefined> {
    const { client, operations, signal, now } = this.#context
    const operation = new OperationUnderWay(
      { ...extract, resource: this.#part.resource },
      { client, operations, signal, now, asOf: plan.asOf },
    )
    try {
      if (!(await operation.isKnown())) {
        const askedFor = askable(extract, now, this.#cursor[extract.department]?.through)
        if (askedFor !== extract) return yield* this.#replaced(askedFor, plan)
      }
      const outcome = await operation.proceed()
      if (outcome.kind === 'waiting') return outcome.after
      yield* this.#write(extract, plan, outcome, operation)
      return undefined
    } catch (error) {
      signal.throwIfAborted()
      return yield* this.#recover(error, extract, operation)
    }
  }

  /** The plan with another extract in place of the first, or none where all has to be decided anew. */
  async *#replaced(by: Extract | undefined, plan: CdkPosition): AsyncGenerator<Page, undefined, undefined> {
    if (by) yield* this.#keep({ ...plan, extracts: [by, ...plan.extracts.slice(1)] })
    else this.#plan = undefined
    return undefined
  }

  /** A result, page by page. With the last page the plan moves on. */
  async *#write(
    extract: Extract,
    plan: CdkPosition,
    { operationId, records }: Ready,
    operation: OperationUnderWay,
  ): AsyncGenerator<Page, void, undefined> {
    const written = plan.written?.operationId === operationId ? (plan.written?.records ?? 0) : 0
    for await (const page of pagesOf(records, written)) {
      if (!page.isLast) {
        const reached = operationId === undefined ? null : { operationId, records: page.upTo }
        yield this.#page(page.records, extract.department, { ...plan, written: reached })
        continue
      }
      this.#say(extract, `${page.upTo} records`)
      // Before the plan moves on: an operation that is left behind would be found by nobody.
      await operation.forget()
      if (extract.reaches) this.#cursor = { ...this.#cursor, [extract.department]: extract.reaches }
      const rest = { ...plan, extracts: plan.extracts.slice(1), written: null }
      yield this.#page(page.records, extract.department, rest, extract.reaches ? this.#cursor : undefined)
    }
  }

  /** Records, where to go on after them, and who among them is to be forgotten: in one page, so that no wish is lost. */
  #page(raw: readonly unknown[], department: string, position: CdkPosition, cursor?: CdkCursor): Page {
    const { handle, toRecord, forgets } = this.#part
    this.#plan = position
    const records = raw.map((record) => toRecord(record, department))
    const forgotten = forgets ? raw.map(forgets).filter((subject) => subject !== undefined) : []
    return {
      ...handle.page(records, { position, ...(cursor ? { cursor } : {}) }),
      ...(forgotten.length > 0 ? { forgets: forgotten } : {}),
    }
  }

  /** An extract that came to nothing is asked for again or in halves; what that does not mend leaves its department out. */
  async *#recover(
    error: unknown,
    extract: Extract,
    operation: OperationUnderWay,
  ): AsyncGenerator<Page, undefined, undefined> {
    const mishap = mishapOf(error)
    const isHopeless = error instanceof SyncError && ['bug', 'schema'].includes(error.errorClass)
    if (!mishap && !isHopeless) throw error
    await operation.forget()
    const plan = this.#plan as CdkPosition
    const remedy = mishap && remedyFor(extract, mishap)
    if (remedy) {
      this.#say(extract, `${mishap}; asking ${remedy.length > 1 ? 'for half of it' : 'again'}`)
      yield* this.#keep({ ...plan, extracts: [...remedy, ...plan.extracts.slice(1)], written: null })
      return undefined
    }
    const { code, message } = error as SyncError
    this.#say(extract, `${code}; the department is left out`)
    const extracts = plan.extracts.filter(({ department }) => department !== extract.department)
    yield* this.#keep({
      ...plan,
      extracts,
      written: null,
      failed: plan.failed ?? { code, message, at: instantText(this.#context.now) },
    })
    return undefined
  }

  #say({ department, list, from, to }: Extract, what: string): void {
    const window = from === null ? '' : ` ${from} to ${to ?? 'now'}`
    this.#context.note(`${this.#part.resource} ${department} ${list}${window}: ${what}`)
  }
}

function mishapOf(error: unknown): Mishap | undefined {
  if (error instanceof MishapError) return error.mishap
  if (error instanceof WindowTooBigError) return 'too-big'
  return error instanceof OperationLostError ? 'lost' : undefined
}
