import { fetch, type Dispatcher, type Headers } from 'undici'
import { readBody } from './read-body'

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Headers
  readonly body: string | URLSearchParams | undefined
  /** Of the decompressed answer. */
  readonly maxBytes: number
}

export interface ExchangeAnswer {
  readonly status: number
  readonly headers: Headers
  /** Empty where a refusal's body could not be read. */
  readonly body: string
}

const maxErrorBytes = 64 * 1024

/** One request and its whole answer. Rejects with what undici throws, with `BodyTooLargeError`, or with the signal's reason. */
export async function exchange(
  { url, maxBytes, body, ...request }: ExchangeRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<ExchangeAnswer> {
  const response = await fetch(url, {
    ...request,
    ...(body === undefined ? {} : { body }),
    // A redirect would carry our credentials to a host that an answer named.
    redirect: 'manual',
    dispatcher,
    signal,
  })
  const { status, headers } = response
  if (response.ok) return { status, headers, body: await readBody(response, maxBytes) }
  try {
    return { status, headers, body: await readBody(response, maxErrorBytes) }
  } catch {
    // The status says enough; a refusal whose page is cut off or endless is a refusal all the same.
    signal.throwIfAborted()
    return { status, headers, body: '' }
  }
}
