import { fetch, type Dispatcher, type Headers, type Response } from 'undici'
import { readBody } from './read-body'

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Headers
  readonly body: string | URLSearchParams | undefined
}

const maxErrorBytes = 64 * 1024

/** Sends one request; the body of its answer is still to be read. Rejects with what undici throws, or with the signal's reason. */
export async function exchange(
  { method, url, headers, body }: ExchangeRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    // A redirect would carry our credentials to a host that an answer named.
    redirect: 'manual',
    dispatcher,
    signal,
  })
}

/** What a refusal says; empty where that could not be read. */
export async function refusalOf(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return await readBody(response, maxErrorBytes)
  } catch {
    // The status says enough; a refusal whose page is cut off or endless is a refusal all the same.
    signal.throwIfAborted()
    return ''
  }
}
