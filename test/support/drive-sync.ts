import { createHmac } from 'node:crypto'
import type { JobDefinition } from '../../src/job/define-job'
import type { HttpDoor } from '../../src/job/http'
import { handleOf } from '../../src/job/stream-handles'
import type { Page, Stream } from '../../src/job/streams'
import type { AnySync, SyncContext } from '../../src/job/sync'

export interface DriveOptions {
  readonly externalId: string
  readonly timezone: string
  readonly secrets: unknown
  readonly settings?: unknown
  readonly http: HttpDoor
  readonly now: () => Date
}

type Row = Readonly<Record<string, unknown>>

/** One account in memory: runs a sync over it as the engine would, and keeps what it yields. */
export class SyncDriver {
  readonly rows = new Map<string, Row>()
  readonly rejected: Row[] = []
  /** Every page as it was yielded. */
  readonly pages: Page[] = []
  readonly notes: string[] = []
  cursor: unknown = null
  position: unknown = null
  readonly #job: JobDefinition
  readonly #sync: AnySync
  readonly #options: DriveOptions

  constructor(job: JobDefinition, sync: unknown, options: DriveOptions) {
    this.#job = job
    this.#sync = sync as AnySync
    this.#options = options
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
    const progress = { cursor: this.cursor, position: this.position }
    const streams = Object.fromEntries(
      Object.entries(this.#job.streams).map(([name, stream]) => [name, handleOf(name, stream, progress)]),
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
    }
    return { ...context, streams } as Parameters<AnySync>[0]
  }

  #write(page: Page): void {
    this.pages.push(page)
    const stream = this.#job.streams[page.stream] as Stream
    for (const record of page.records as Row[]) {
      const isGood = Object.entries(stream.columns).every(
        ([name, column]) => column.value.safeParse(record[name]).success,
      )
      if (isGood) this.rows.set(stream.key.map((name) => String(record[name])).join(' '), record)
      else this.rejected.push(record)
    }
    // Through JSON, as the ledger keeps them.
    if (page.cursor !== undefined) this.cursor = JSON.parse(JSON.stringify(page.cursor))
    if (page.position !== undefined) this.position = JSON.parse(JSON.stringify(page.position))
  }
}

export const pseudonym = (value: string): string => createHmac('sha256', 'pepper').update(value).digest('hex')
