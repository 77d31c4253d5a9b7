import { PagingLoopError, VendorConfigError, VendorResponseError } from '../../job/errors'
import type { Http, HttpDoor, VendorAccess } from '../../job/http'
import { minutes } from '../../lib/durations'
import { Organization, QueryAnswer, Versions, type SalesforceRow } from './answers'
import { ApiUsage, type ApiBudget } from './api-usage'
import { LocatorRefusedError } from './errors'
import { dataMeaning, type Asked } from './meaning'
import { orgKey, type SalesforceSecrets } from './secrets'
import { firstQuery, probeQuery, rowsQuery, type RowPlace, type RowsWanted } from './soql'
import { tokenSource } from './token'
import { fieldsOf } from '../../lib/read-fields'
import { idOf, instantOf } from './values'

/** Per query; one that goes on for longer never ends. */
const maxPages = 20_000
/** How often one query may be asked again because the vendor forgot its result. */
const maxRestarts = 5

export interface SalesforceOptions {
  readonly door: HttpDoor
  readonly secrets: SalesforceSecrets
  readonly budget: ApiBudget
  /** The present, for assertions. */
  readonly now: () => Date
}

export interface RowsPage {
  readonly rows: readonly SalesforceRow[]
  /** Every row up to here has been handed over; undefined where no row of the query told its place. */
  readonly upTo: RowPlace | undefined
}

/** Salesforce's REST API, as far as queries go. One client per attempt at an account: it keeps count of the org's pool. */
export class SalesforceClient {
  readonly usage: ApiUsage
  readonly #options: SalesforceOptions
  readonly #path: string
  /** The vendor's clock, as the last answer told it. */
  #date: string | null = null

  constructor(options: SalesforceOptions) {
    this.#options = options
    this.usage = new ApiUsage(options.budget)
    this.#path = `/services/data/${options.door.versions.salesforce}`
  }

  /** The present by the vendor's clock, to the second below. The request does not count against the org's pool. */
  async present(signal: AbortSignal): Promise<Date> {
    const versions = await this.#http().get('/services/data/', { schema: Versions, signal })
    const ours = this.#options.door.versions.salesforce
    if (!versions.some(({ version }) => `v${version}` === ours)) {
      throw new VendorConfigError(
        `the org does not serve the API version ${ours}: see SALESFORCE_API_VERSION`,
      )
    }
    const present = Date.parse(this.#date ?? '')
    if (Number.isNaN(present)) throw new VendorResponseError('the vendor’s answer has no Date header')
    return new Date(present)
  }

  /** The org itself: its name and zone. */
  async organization(signal: AbortSignal): Promise<Organization> {
    const asked = { object: 'Organization', fields: ['Name', 'TimeZoneSidKey'] }
    const [org] = await this.#someRows(probeQuery(asked), asked, signal)
    return Organization.safeParse(org).data ?? {}
  }

  /** Asks for a single row: throws where object or fields cannot be read. */
  async probe(wanted: Omit<RowsWanted, 'from' | 'to' | 'after'>, signal: AbortSignal): Promise<void> {
    await this.#query(probeQuery(wanted), wanted, signal)
  }

  /** When the first row changed, of those that changed at `from` or later; undefined where there is none. */
  async firstChange(
    wanted: Pick<RowsWanted, 'object' | 'fields' | 'filter'> & { readonly from?: Date | undefined },
    signal: AbortSignal,
  ): Promise<Date | undefined> {
    const [row] = await this.#someRows(firstQuery(wanted), wanted, signal)
    if (row === undefined) return undefined
    const first = instantOf(fieldsOf(row)['SystemModstamp'])
    if (!first) throw new VendorResponseError(`${wanted.object}: a row without a SystemModstamp`)
    return first
  }

  /**
   * Pages of rows, deleted ones included, in the order in which they changed. A result that the vendor forgets is asked for
   * again behind the last place. `settled` is an instant before which no row changes any more while we read: a row that
   * changes meanwhile keeps its old place in the result, so its new stamp must not be taken for a place.
   */
  async *rows(wanted: RowsWanted, settled: Date, signal: AbortSignal): AsyncGenerator<RowsPage> {
    let upTo = wanted.after
    let restarts = 0
    let isWhole = false
    while (!isWhole) {
      try {
        for await (const { records } of this.#pages(rowsQuery({ ...wanted, after: upTo }), wanted, signal)) {
          upTo = lastPlace(records, settled) ?? upTo
          yield { rows: records, upTo }
        }
        isWhole = true
      } catch (error) {
        restarts += 1
        if (!(error instanceof LocatorRefusedError) || restarts > maxRestarts) throw error
      }
    }
  }

  /** The first page that has rows; none where no page has any. */
  async #someRows(query: string, asked: Asked, signal: AbortSignal): Promise<readonly SalesforceRow[]> {
    for await (const { records } of this.#pages(query, asked, signal)) if (records.length > 0) return records
    return []
  }

  async *#pages(query: string, asked: Asked, signal: AbortSignal): AsyncGenerator<QueryAnswer> {
    const read = new Set<string>()
    let page = await this.#query(query, asked, signal)
    for (;;) {
      yield page
      if (page.done) return
      const locator = this.#locatorOf(page, asked)
      if (read.has(locator))
        throw new PagingLoopError(`${asked.object}: a page leads back to one that was read`)
      read.add(locator)
      if (read.size >= maxPages) throw new PagingLoopError(`${asked.object}: more than ${maxPages} pages`)
      this.usage.check()
      page = await this.#http(asked).get(`${this.#path}/query/${locator}`, { schema: QueryAnswer, signal })
    }
  }

  /** Only the result's name in the vendor's link counts: our token goes to no host and no path that an answer names. */
  #locatorOf({ nextRecordsUrl }: QueryAnswer, { object }: Asked): string {
    const locator = /\/query(?:All)?\/([\w-]+)$/i.exec(nextRecordsUrl ?? '')?.[1]
    if (locator === undefined)
      throw new VendorResponseError(`${object}: a page names no next one, and is not the last`)
    return locator
  }

  async #query(query: string, asked: Asked, signal: AbortSignal): Promise<QueryAnswer> {
    this.usage.check()
    return this.#http(asked).get(`${this.#path}/queryAll`, {
      schema: QueryAnswer,
      query: new URLSearchParams({ q: query }),
      signal,
    })
  }

  #http(asked?: Asked): Http {
    const { door, secrets, now } = this.#options
    const access: VendorAccess = {
      host: new URL(secrets.instance_url),
      token: tokenSource(door, secrets, now),
      // An org answers 25 long requests at once, one on trial only 5; other integrations want some of them.
      bucket: { key: `salesforce-${orgKey(secrets)}`, perSecond: 20, inFlight: 5 },
      // The vendor itself gives a query two minutes.
      timeout: minutes(3),
      translate: (answer) => {
        this.#date = answer.headers.get('date')
        this.usage.saw(answer.headers.get('sforce-limit-info'))
        return dataMeaning(answer, asked)
      },
    }
    return door.for(access)
  }
}

/** The place of the last row that did not change while it was read. */
function lastPlace(records: readonly SalesforceRow[], settled: Date): RowPlace | undefined {
  for (const record of records.toReversed()) {
    const row = fieldsOf(record)
    const stamp = instantOf(row['SystemModstamp'])
    const id = idOf(row['Id'])
    if (stamp && id !== undefined && stamp < settled) return { stamp: stamp.toISOString(), id }
  }
  return undefined
}
