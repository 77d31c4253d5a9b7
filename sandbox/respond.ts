import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { wait } from '../src/lib/wait'
import type { Fault } from './faults'
import type { VendorAnswer } from './vendor'

/** Sends an answer, spoiled by the fault where there is one. `signal` aborts when the client has gone. */
export async function respond(
  response: ServerResponse,
  answer: () => VendorAnswer,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<void> {
  switch (fault?.kind) {
    case 'reset':
      response.destroy()
      return
    case 'hang':
      await once(signal, 'abort')
      return
    case 'cut':
      return cut(response, textOf(answer()))
    case 'slow':
      await wait(fault.milliseconds, signal)
      return send(response, answer(), signal)
    case 'truncated': {
      const whole = textOf(answer())
      return send(response, { ...answer(), body: whole.slice(0, whole.length / 2) }, signal)
    }
    case 'html':
      return send(response, page(200), signal)
    case 'redirect':
      return send(response, { status: 302, headers: { location: fault.to }, body: '' }, signal)
    case 'status': {
      const { status, retryAfter, body } = fault
      const plain = body === undefined ? page(status) : { status, body }
      const asked = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
      return send(response, { ...plain, headers: { ...plain.headers, ...asked } }, signal)
    }
    case 'quirk':
    case undefined:
      return send(response, answer(), signal)
  }
}

const page = (status: number): VendorAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><body>Something went wrong (${status}).</body></html>`,
})

const textOf = ({ body }: VendorAnswer): string => (typeof body === 'string' ? body : JSON.stringify(body))

async function send(response: ServerResponse, answer: VendorAnswer, signal: AbortSignal): Promise<void> {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
  for (const line of answer.lines ?? []) {
    if (!response.write(`${line}\n`)) await once(response, 'drain', { signal })
  }
  response.end(answer.lines ? undefined : textOf(answer))
}

/** Promises the whole answer and ends the connection inside it. */
async function cut(response: ServerResponse, text: string): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text) + 1),
  })
  await new Promise<void>((resolve) => {
    response.write(text.slice(0, text.length / 2), () => resolve())
  })
  response.destroy()
}
