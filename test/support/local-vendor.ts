import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface LocalVendor extends AsyncDisposable {
  readonly url: string
  /** Every request that arrived, in order. */
  readonly seen: SeenRequest[]
}

type Answer = (response: ServerResponse, request: SeenRequest) => void

/** A server that gives one answer after another, and the last one for ever. */
export async function localVendor(...answers: Answer[]): Promise<LocalVendor> {
  const seen: SeenRequest[] = []
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
    const { method = '', url = '', headers } = incoming
    const request = { method, url, headers, body: Buffer.concat(chunks).toString() }
    seen.push(request)
    answers[Math.min(seen.length, answers.length) - 1]?.(response, request)
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A JSON answer. */
export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

/** Any text as an answer. */
export const plain =
  (body: string, status = 200): Answer =>
  (response) => {
    response.writeHead(status)
    response.end(body)
  }

/** Ends the connection inside the answer. */
export const cutOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('{"half":', () => response.destroy())
}

/** Ends the connection before the answer. */
export const reset: Answer = (response) => void response.destroy()

/** Never answers. */
export const silence: Answer = () => undefined
