import { z } from 'zod'
import type { Http, HttpDoor, VendorAnswer } from '../../job/http'
import { minutes, seconds } from '../../lib/durations'
import { fortellisAccess, requestId, type FortellisAccessOptions } from './access'
import { DirectAnswer, OperationAnswer } from './answers'
import { prefixOf, type List, type Resource } from './apis'
import { meaningOf, OperationLostError } from './errors'

/** What is asked of the vendor: a list of one department, within a window where the list has one. */
export interface ExtractRequest {
  readonly resource: Resource
  readonly list: List
  readonly department: string
  /** As the vendor wants it: a day, or for changes an instant in whole seconds. Null where the list takes no window. */
  readonly from: string | null
  readonly to: string | null
}

export type OperationState =
  /** Ask again after so many milliseconds. */
  | { readonly status: 'received'; readonly checkAfter: number }
  | { readonly status: 'complete' }
  | { readonly status: 'error' }

/** What the vendor names where it names a wait. */
const usualCheckAfter = seconds(30)
const longestCheckAfter = minutes(5)

/** CDK Drive's extracts through Fortellis: start, wait, fetch. For one dealership; keeps nothing. */
export class FortellisClient {
  readonly #http: Http
  /** The same for operations that exist, where "not found" says that they do no more. */
  readonly #operations: Http
  readonly #isTestData: boolean

  constructor(door: HttpDoor, options: FortellisAccessOptions) {
    this.#isTestData = options.secrets.test_data === true
    this.#http = door.for(fortellisAccess(door, options))
    this.#operations = door.for(fortellisAccess(door, { ...options, translate: lost }))
  }

  /** Asks for an extract. Throws `WindowTooBigError` where the window holds too much. */
  async start(request: ExtractRequest, signal: AbortSignal): Promise<Started> {
    const { list, from, to } = request
    const query = new URLSearchParams()
    if (from !== null) query.set('startDate', from)
    if (to !== null) query.set('endDate', to)
    return this.#http.get(`${this.#prefixOf(request)}/${list}`, {
      schema: Started,
      query,
      headers: headersFor(request),
      signal,
    })
  }

  /** How far the vendor is. Throws `OperationLostError` where it knows nothing of the operation. */
  async state(request: ExtractRequest, operationId: string, signal: AbortSignal): Promise<OperationState> {
    const { status, checkStatusAfterSeconds } = await this.#operations.get(
      `${this.#pathOf(request, operationId)}/status`,
      { schema: OperationAnswer, headers: headersFor(request), signal },
    )
    return status === 'received' ? { status, checkAfter: waitOf(checkStatusAfterSeconds) } : { status }
  }

  /**
   * The records of a complete operation, in the same order however often they are asked for. Throws `OperationLostError`
   * where the vendor keeps them no more.
   */
  result(
    request: ExtractRequest,
    operationId: string,
    signal: AbortSignal,
  ): AsyncGenerator<unknown, void, undefined> {
    return this.#operations.stream('GET', `${this.#pathOf(request, operationId)}/result`, {
      each: z.unknown(),
      field: 'data',
      headers: headersFor(request),
      signal,
    })
  }

  #pathOf(request: ExtractRequest, operationId: string): string {
    return `${this.#prefixOf(request)}/long-operations/${encodeURIComponent(operationId)}`
  }

  #prefixOf({ resource, list }: ExtractRequest): string {
    const prefix = prefixOf(resource, list)
    return this.#isTestData ? prefix.replace(/^\/cdk/, '') : prefix
  }
}

/** What became of the request to start: an operation, or the records at once where they are few. */
const Started = z.union([
  OperationAnswer.transform(({ operationId, status, checkStatusAfterSeconds }) => ({
    operationId,
    /** Milliseconds; 0 where it is complete already. */
    checkAfter: status === 'received' ? waitOf(checkStatusAfterSeconds) : 0,
  })),
  DirectAnswer.transform(({ data }) => ({ records: data as readonly unknown[] })),
])
export type Started = z.output<typeof Started>

const headersFor = ({ department }: ExtractRequest): Readonly<Record<string, string>> => ({
  'Department-Id': department,
  ...requestId(),
})

const waitOf = (given: number | null | undefined): number =>
  given === null || given === undefined
    ? usualCheckAfter
    : Math.min(Math.max(seconds(given), seconds(1)), longestCheckAfter)

/** Where a code says why nothing is found, it counts. */
function lost(answer: VendorAnswer): OperationLostError | undefined {
  if (answer.status !== 404 || meaningOf(answer, 0)) return undefined
  return new OperationLostError(`the operation is not known any more (${answer.request}: status 404)`)
}
