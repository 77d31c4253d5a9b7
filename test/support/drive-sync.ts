import { createHmac } from 'node:crypto'
import type { JobDefinition } from '../../src/job/define-job'
import type { HttpDoor } from '../../src/job/http'
import { handleOf } from '../../src/job/stream-handles'
import type { DayWindow, Page, Stream } from '../../src/job/streams'
import type { AnySync, Operation, Operations, SyncContext } from '../../src/job/sync'

export interface DriveOptions {
  readonly externalId: string
  readonly timezone: string
  readonly secrets: unknown
  readonly settings?: unknown
  readonly http: HttpDoor
  readonly now: () => Date
}

type Row = Readonly<Record<string, unknown>>

/** What is held of one stream. Rows are found by their key's values with blanks between; `gone` marks those marked gone. */
export interface KeptStream {
  readonly rows: Map<string, Row>
  cursor: unknown
  position: unknown
}

/** One account in memory: runs a sync over it as the engine would, and keeps what it yields. */
export class SyncDriver {
  readonly rejected: Row[] = []
  /** Every page as it was yielded. */
  readonly pages: Page[] = []
  readonly notes: string[] = []
  /** What it reads instead of going by its cursor. */
  days: DayWindow | undefined
  /** As though a person had asked for it. */
  mayUseReserve = false
  /** As though somebody had asked for some streams only. */
  wants = (_stream: string): boolean => true
  readonly operations: Operations = operationsInMemory()
  readonly #kept = new Map<string, KeptStream>()
  /** Keys of the window or listing that is not complete yet, by stream. */
  readonly #seen = new Map<string, Set<string>>()
  readonly #forgotten = new Set<string>()
  readonly #job: JobDefinition
  readonly #sync: AnySync
  readonly #options: DriveOptions

  constructor(job: JobDefinition, sync: unknown, options: DriveOptions) {
    this.#job = job
    this.#sync = sync as AnySync
    this.#options = options
  }

  /** What is kept of one of its streams; of the only one where none is named. */
  stream(name: string = this.#onlyStream): KeptStream {
    const known = this.#kept.get(name)
    if (known) return known
    const kept: KeptStream = { rows: new Map(), cursor: null, position: null }
    this.#kept.set(name, kept)
    return kept
  }

  get rows(): Map<string, Row> {
    return this.stream().rows
  }

  get cursor(): unknown {
    return this.stream().cursor
  }

  set cursor(cursor: unknown) {
    this.stream().cursor = cursor
  }

  get position(): unknown {
    return this.stream().position
  }

  set position(position: unknown) {
    this.stream().position = position
  }

  get #onlyStream(): string {
    const [name, ...others] = Object.keys(this.#job.streams)
    if (name === undefined || others.length > 0) throw new Error(`${this.#job.id}: name a stream`)
    return name
  }

  /** One attempt. Ends early, as a killed worker does, after `pages` pages. */
  async run({ pages = Number.POSITIVE_INFINITY, signal = new AbortController().signal } = {}): Promise<void> {
    let left = pages
    for await (const page of this.#sync(this.#context(signal))) {
      this.#write(page)
      left -= 1
      if (left === 0) return
    }
  }

  #context(signal: AbortSignal): Parameters<AnySync>[0] {
    const { externalId, timezone, secrets, settings = {}, http, now } = this.#options
    const streams = Object.fromEntries(
      Object.entries(this.#job.streams).map(([name, stream]) => {
        const { cursor, position } = this.stream(name)
        return [name, handleOf(name, stream, { cursor: this.days ? null : cursor, position })]
      }),
    )
    const context: Omit<SyncContext<JobDefinition>, 'streams'> = {
      account: {
        id: '1',
        clientId: 'client',
        externalId,
        timezone,
        settings: this.#job.settings.parse(settings),
      },
      secrets: this.#job.secrets.parse(secrets),
      http,
      signal,
      now: now(),
      pseudonym,
      note: (message) => void this.notes.push(message),
      operations: this.operations,
      days: this.days,
      mayUseReserve: this.mayUseReserve,
      wants: this.wants,
    }
    return { ...context, streams } as Parameters<AnySync>[0]
  }

  #write(page: Page): void {
    this.pages.push(page)
    const stream = this.#job.streams[page.stream] as Stream
    const kept = this.stream(page.stream)
    if (page.restarts) this.#seen.delete(page.stream)
    for (const record of page.records as Row[]) {
      const isGood = Object.entries(stream.columns).every(
        ([name, column]) => column.value.safeParse(record[name]).success,
      )
      if (!isGood) {
        this.rejected.push(record)
        continue
      }
      const key = keyOf(stream, record)
      kept.rows.set(key, this.#without(stream, page.gone ? { ...record, gone: true } : record))
      this.#seen.set(page.stream, (this.#seen.get(page.stream) ?? new Set()).add(key))
    }
    if (page.forgets) this.#forget(page.forgets)
    this.#complete(page, stream, kept)
    // Through JSON, as the ledger keeps them.
    if (page.cursor !== undefined && !this.days) kept.cursor = JSON.parse(JSON.stringify(page.cursor))
    if (page.position !== undefined) kept.position = JSON.parse(JSON.stringify(page.position))
  }

  #forget(subjects: readonly string[]): void {
    for (const subject of subjects) this.#forgotten.add(subject)
    for (const [name, stream] of Object.entries(this.#job.streams)) {
      const { rows } = this.stream(name)
      for (const [key, row] of rows) rows.set(key, this.#without(stream, row))
    }
  }

  /** The row, without what is personal where its person is to be forgotten. */
  #without({ personal }: Stream, row: Row): Row {
    if (!personal || !this.#forgotten.has(String(row[personal.subject]))) return row
    return { ...row, ...Object.fromEntries(personal.columns.map((column) => [column, null])) }
  }

  /** Rows that a complete window lacks are removed; those that a complete listing lacks are marked gone. */
  #complete({ completes, stream: name }: Page, stream: Stream, { rows }: KeptStream): void {
    if (completes === undefined || completes === 'slice') return
    const seen = this.#seen.get(name) ?? new Set()
    this.#seen.delete(name)
    for (const [key, row] of rows) {
      if (seen.has(key)) continue
      if (completes === 'listing') rows.set(key, { ...row, gone: true })
      else if (stream.kind === 'window') {
        const day = String(row[stream.day])
        if (day >= completes.from && day <= completes.to) rows.delete(key)
      }
    }
  }
}

const keyOf = (stream: Stream, record: Row): string =>
  stream.key.map((name) => String(record[name])).join(' ')

function operationsInMemory(): Operations {
  const kept = new Map<string, Operation>()
  return {
    find: async (purpose) => kept.get(purpose),
    keep: async (purpose, details) => void kept.set(purpose, { purpose, details, startedAt: new Date() }),
    forget: async (purpose) => void kept.delete(purpose),
  }
}

export const pseudonym = (value: string): string => createHmac('sha256', 'pepper').update(value).digest('hex')
