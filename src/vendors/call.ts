import { randomUUID } from 'node:crypto'
import { Headers } from 'undici'
import { UnexpectedError, VendorAuthError } from '../job/errors'
import type { HttpRequest } from '../job/http'
import { nameOf } from './redact'

/** One request, ready to be sent as often as it takes. */
export interface Call {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Headers
  readonly body: string | URLSearchParams | undefined
  /** Sending it twice does no harm. */
  readonly repeatable: boolean
  /** As messages name it. */
  readonly name: string
}

/** Puts a request together under its base URL. The same request id stays with all its tries. */
export function callOf(
  method: 'GET' | 'POST',
  path: string,
  request: Omit<HttpRequest<unknown>, 'schema'>,
  to: { readonly base: URL; readonly host: string; readonly headers: Readonly<Record<string, string>> },
): Call {
  // A vendor that wants an id of its own for each request, and asks for it in a complaint: then messages name that.
  const id = request.headers?.['Request-Id'] ?? randomUUID()
  const name = nameOf({ method, host: to.host, path, id })
  const { body } = request
  const form = body === undefined || body instanceof URLSearchParams
  return {
    method,
    url: urlOf(to.base, path, request.query, name),
    headers: headersOf(
      {
        ...(form ? {} : { 'Content-Type': 'application/json' }),
        ...to.headers,
        ...request.headers,
        'X-Request-Id': id,
      },
      name,
    ),
    body: form ? body : JSON.stringify(body),
    repeatable: method === 'GET' || request.idempotent === true,
    name,
  }
}

/** The same call with further headers, in place of its own of the same name. */
export function carrying(call: Call, more: Readonly<Record<string, string>>): Call {
  return { ...call, headers: headersOf({ ...Object.fromEntries(call.headers), ...more }, call.name) }
}

function urlOf(base: URL, path: string, query: URLSearchParams | undefined, name: string): URL {
  const root = base.href.replace(/\/$/, '')
  const url = URL.parse(root + path)
  // Dots in a path may climb, and they may be encoded: what counts is where the parser says we are.
  if (!path.startsWith('/') || !url?.href.startsWith(`${root}/`)) {
    throw new UnexpectedError(`${name}: a path starts with / and stays below the base URL`)
  }
  for (const [key, value] of query ?? []) url.searchParams.append(key, value)
  return url
}

/** A secret with a line break cannot be a header. undici would say so with the whole secret in its message. */
function headersOf(given: Readonly<Record<string, string>>, name: string): Headers {
  const headers = new Headers()
  for (const [header, value] of Object.entries(given)) {
    try {
      headers.set(header, value)
    } catch {
      throw new VendorAuthError(
        `${name}: the value for the header ${header} has characters that cannot be sent`,
      )
    }
  }
  return headers
}
